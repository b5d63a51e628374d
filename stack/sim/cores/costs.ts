/**
 * What operations cost on one processor: what the calibration measured and the virtual cores charge. Plain data.
 * A quantity is a number with its 95 % confidence interval; names end in the unit.
 *
 * Invariant: low ≤ value ≤ high for every quantity.
 */
import type { PayloadWorkKind } from '../../payload/payload-work.ts'

export interface Quantity {
  readonly value: number
  readonly low: number
  readonly high: number
}

export const quantityNames = [
  // ── state work, done by every replica ──
  /** Apply of a pure ACK, and what each segment that an apply emits adds. */
  'applyAckNanos',
  'applySegmentNanos',
  /** Apply of a full data segment in order, of an application's request, of a tick. */
  'applyDataNanos',
  'applyCallNanos',
  'applyTickNanos',
  // ── work done once ──
  /** Decoding and verifying a frame: without its payload, and each payload byte. */
  'checkNanos',
  'checkByteNanos',
  /** Performing a segment, without its payload work and the device's write. */
  'segmentNanos',
  /** Performing an upcall or a delivery, without its payload work. */
  'upcallNanos',
  // ── devices: a frame out with a full payload, a bare one, a frame in, finding none ──
  'writeNanos',
  'writeBareNanos',
  'readNanos',
  'readEmptyNanos',
  // ── the loop ──
  /** One poll of the source besides what it reads: the clock, mailbox and device asked once. */
  'pollNanos',
  /**
   * Loop, counters and bookkeeping per request and per segment that it emits: of one thread alone, of each of two replicas,
   * of two that share a lock.
   */
  'loopNanos',
  'loopReplicatedNanos',
  'loopLockedNanos',
  /** Publishing a request, and taking it from the channel: alone, and when another processor takes it too. */
  'publishNanos',
  'publishSharedNanos',
  'dequeueNanos',
  'dequeueSharedNanos',
  'claimWonNanos',
  'claimLostNanos',
  /** A round that found nothing and asked nobody. */
  'idleNanos',
  /** Taking and giving back a lock that nobody else wants, and the extra cost of a hand-over between processors. */
  'lockNanos',
  'lockHandOverNanos',
  /** From waking to running, and what waking costs the one who wakes. */
  'wakeNanos',
  'notifyNanos',
  // ── everybody else on the same processors ──
  /** Application and peer's program, per payload byte; the latter also where the stream is too long for a cache. */
  'applicationByteNanos',
  'sinkByteNanos',
  'sinkLongByteNanos',
  // ── two processors at once: how many times longer it takes ──
  'contentionSegmentTimes',
  'contentionWriteTimes',
  'contentionStateTimes',
] as const

export type QuantityName = (typeof quantityNames)[number]

/** Cost of a piece of payload: fixed and per byte, and how many times longer it takes while another processor does the same. */
export interface PayloadCost {
  readonly fixedNanos: Quantity
  readonly byteNanos: Quantity
  readonly contentionTimes: Quantity
}

export interface DrawnPayloadCost {
  readonly fixedNanos: number
  readonly byteNanos: number
  readonly contentionTimes: number
}

export interface StallCost {
  /** Stalls per second that a thread runs, and their lengths at equally spaced quantiles, smallest to largest. */
  readonly perSecond: Quantity
  readonly lengthMicros: readonly number[]
}

export interface CoreCosts {
  readonly quantities: Readonly<Record<QuantityName, Quantity>>
  readonly payload: Readonly<Record<Exclude<PayloadWorkKind, 'none'>, PayloadCost>>
  readonly stalls: StallCost
  /**
   * How single durations scatter around their mean: equally spaced quantiles, smallest to largest, mean 1. One shape
   * serves all operations.
   */
  readonly scatter: readonly number[]
}

/** Numbers in place of quantities: one possible machine. */
export interface DrawnCosts {
  readonly nanos: Readonly<Record<QuantityName, number>>
  readonly payload: Readonly<Record<PayloadWorkKind, DrawnPayloadCost>>
  readonly stallsPerNano: number
  readonly stallNanos: readonly number[]
  readonly scatter: readonly number[]
}

/** The middle of every interval, or, with a source of uniform numbers, a draw from each. Throws if one is missing. */
export function drawCosts(costs: CoreCosts, uniform?: () => number): DrawnCosts {
  const draw = ({ value, low, high }: Quantity) => {
    if (uniform === undefined) return value
    // The interval covers about two standard deviations to either side.
    const deviate = normal(uniform) / 2
    return Math.max(0, deviate < 0 ? value + deviate * (value - low) : value + deviate * (high - value))
  }
  const pieces = Object.entries(costs.payload).map(([kind, cost]) => [
    kind,
    {
      fixedNanos: draw(cost.fixedNanos),
      byteNanos: draw(cost.byteNanos),
      contentionTimes: draw(cost.contentionTimes),
    },
  ])
  return {
    nanos: Object.fromEntries(
      quantityNames.map((name) => [name, draw(given(costs, name))]),
    ) as DrawnCosts['nanos'],
    payload: { none: { fixedNanos: 0, byteNanos: 0, contentionTimes: 1 }, ...Object.fromEntries(pieces) },
    stallsPerNano: draw(costs.stalls.perSecond) / 1e9,
    stallNanos: costs.stalls.lengthMicros.map((micros) => micros * 1000),
    scatter: costs.scatter,
  }
}

function given(costs: CoreCosts, name: QuantityName): Quantity {
  const quantity: Quantity | undefined = costs.quantities[name]
  if (quantity === undefined) throw new RangeError(`the costs lack ${name}`)
  return quantity
}

function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** No cost at all; the base of synthetic worlds. */
export function freeCosts(): CoreCosts {
  const none = exactly(0)
  const piece = { fixedNanos: none, byteNanos: none, contentionTimes: exactly(1) }
  const quantities = Object.fromEntries(
    quantityNames.map((name) => [name, exactly(name.endsWith('Times') ? 1 : 0)]),
  ) as Record<QuantityName, Quantity>
  return {
    quantities,
    payload: { copy: piece, checksum: piece, cipher: piece },
    stalls: { perSecond: none, lengthMicros: [] },
    scatter: [1],
  }
}

export function exactly(value: number): Quantity {
  return { value, low: value, high: value }
}
