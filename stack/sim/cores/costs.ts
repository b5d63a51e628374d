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

/** What each quantity means. What it is charged for is in `prices.ts`. */
export const quantityMeanings = {
  // ── state work, done by every replica ──
  applyAckNanos: 'state work: apply of a pure ACK',
  applySegmentNanos: 'state work: each segment that an apply emits',
  applyDataNanos: 'state work: apply of a full data segment in order',
  applyCallNanos: "state work: apply of an application's send",
  applyTickNanos: 'state work: apply of a tick that fires a timer',
  // ── work done once ──
  checkNanos: 'check: decoding and verifying a frame without payload',
  checkByteNanos: 'check: each byte of payload',
  segmentNanos: 'perform: building a segment, without payload work and write',
  upcallNanos: 'perform: an upcall that wakes the application',
  // ── devices: a frame out with a full payload, a bare one, a frame in, finding none ──
  writeNanos: "device: write of a full frame, the peer's receive path included",
  writeBareNanos: "device: write of a small frame, the peer's receive path included",
  readNanos: 'device: read of a frame',
  readEmptyNanos: 'device: read that finds none',
  // ── the loop ──
  pollNanos: 'loop: a poll of the source, besides what it reads',
  loopNanos: 'loop: per request and emitted segment, what no other line names, one thread',
  loopReplicatedNanos:
    'loop: per request, emitted segment and replica, what no other line names, two replicas',
  loopLockedNanos: 'loop: per request and emitted segment, what no other line names, two threads with a lock',
  publishNanos: 'channel: publishing a request, one thread',
  publishSharedNanos: 'channel: publishing a request, two threads',
  dequeueNanos: 'channel: taking a request, one thread',
  dequeueSharedNanos: 'channel: taking a request, two threads',
  claimWonNanos: 'claim: won, entry last written by the other thread',
  claimLostNanos: 'claim: lost',
  idleNanos: 'loop: a round that found nothing',
  lockNanos: 'lock: taking and giving back, alone',
  lockHandOverNanos: 'lock: more than that for each hand-over between two threads',
  wakeNanos: 'wake-up: until the sleeper runs (Atomics.wait)',
  notifyNanos: 'wake-up: for the one who wakes (Atomics.notify)',
  // ── everybody else on the same processors ──
  applicationByteNanos: 'application: each byte that it sends',
  sinkByteNanos: "peer's program: each byte that it takes and compares",
  sinkLongByteNanos: "peer's program: the same, compared with a stream that does not repeat",
  // ── two processors at once: how many times longer it takes ──
  contentionSegmentTimes: 'two processors at once: building a segment takes so many times longer',
  contentionWriteTimes: 'two processors at once: writes to one connection take so many times longer',
  contentionStateTimes: 'two processors at once: an apply takes so many times longer',
} as const

export type QuantityName = keyof typeof quantityMeanings
export const quantityNames = Object.keys(quantityMeanings) as readonly QuantityName[]

/**
 * Cost of a piece of payload: fixed and per byte, and how many times longer it takes while another processor does the
 * same.
 */
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

/** Single numbers instead of quantities: one possible machine. */
export interface DrawnCosts {
  readonly nanos: Readonly<Record<QuantityName, number>>
  readonly payload: Readonly<Record<PayloadWorkKind, DrawnPayloadCost>>
  readonly stallsPerNano: number
  readonly stallNanos: readonly number[]
  readonly scatter: readonly number[]
}

/**
 * The value of every quantity, or, with a source of uniform numbers, a draw from its interval. Throws RangeError if a
 * quantity is missing.
 */
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
