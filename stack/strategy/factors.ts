/**
 * The factors of the replicated strategy, which are what its source leaves open: plain data, one choice each, the default
 * first. Declared here alone: experiments take their values from here.
 * With the defaults the strategy is as ARCHITECTURE.md describes it; the table of factors there says what
 * each value is for.
 */

/** What one claim covers: one action (or `chunk` of them), or all actions of a request. */
export const claimFactors = ['action', 'request'] as const
/** Who performs the actions that a claim covers: the first replica to ask, or each its fixed share in turn. */
export const ownershipFactors = ['first', 'rotation'] as const
/** Whether frames leave as they get done, or in the order in which the state emitted them. */
export const emissionFactors = ['relaxed', 'ordered'] as const
/** Who reads the device: any idle replica, a thread of its own, or any idle replica from a queue of its own. */
export const readerFactors = ['rotating', 'dedicated', 'per-queue'] as const
/**
 * Where transport checksums of received frames are verified: by the check's claimant; by the reader before it
 * publishes; or nowhere, as if the device had vouched for every frame. A factor of every strategy.
 */
export const verificationFactors = ['claimed', 'before', 'trusted'] as const
/**
 * Whether segments that were read together are merged (`strategy/parts/reading`), and acknowledged together
 * (`protocol/tcp/receiving/payload.ts`). A factor of every strategy but the sharded one, where any worker reads for all.
 */
export const coalescingFactors = ['on', 'off'] as const
/**
 * Where the stack's threads run: wherever the scheduler puts them; each on a processor of its own; two on each; all on
 * one. A factor of every strategy. The application's thread is not pinned.
 */
export const placementFactors = ['free', 'apart', 'doubled', 'together'] as const

export type ClaimFactor = (typeof claimFactors)[number]
export type OwnershipFactor = (typeof ownershipFactors)[number]
export type EmissionFactor = (typeof emissionFactors)[number]
export type ReaderFactor = (typeof readerFactors)[number]
export type VerificationFactor = (typeof verificationFactors)[number]
export type CoalescingFactor = (typeof coalescingFactors)[number]
export type PlacementFactor = (typeof placementFactors)[number]

/** Fewest processors that so many threads can be placed on. */
export function processorsNeeded(placement: PlacementFactor, threads: number): number {
  return { free: 1, apart: threads, doubled: Math.ceil(threads / 2), together: 1 }[placement]
}

export interface ReplicationFactors {
  readonly claim: ClaimFactor
  /** Consecutive actions that one claim covers: a power of two, 1 … 1024. More than 1 only with `claim: 'action'`. */
  readonly chunk: number
  readonly ownership: OwnershipFactor
  readonly emission: EmissionFactor
  readonly reader: ReaderFactor
  /** Requests beyond a pending verdict that a waiting replica checks meanwhile: 0 … 1024. */
  readonly checkAhead: number
}

export const defaultFactors: ReplicationFactors = {
  claim: 'action',
  chunk: 1,
  ownership: 'first',
  emission: 'relaxed',
  reader: 'rotating',
  checkAhead: 16,
}

export const largestChunk = 1024
export const furthestCheck = 1024

/** What is chosen, as the option of the replicated strategy has it. */
export interface ChosenFactors extends Partial<ReplicationFactors> {
  readonly replicas: number
  /** More than `replicas` only with the default claims, emission and reader: no other lets replicas come and go. */
  readonly maximumReplicas?: number
}

/**
 * Fills in defaults. Throws RangeError for an unknown value or a combination that is not possible; with
 * `device`, also for one that this device cannot serve.
 */
export function resolveFactors(
  chosen: ChosenFactors,
  device?: { readonly queueDescriptors?: readonly number[] },
): ReplicationFactors {
  const factors: ReplicationFactors = {
    claim: oneOf('claim', chosen.claim, claimFactors),
    chunk: chosen.chunk ?? defaultFactors.chunk,
    ownership: oneOf('ownership', chosen.ownership, ownershipFactors),
    emission: oneOf('emission', chosen.emission, emissionFactors),
    reader: oneOf('reader', chosen.reader, readerFactors),
    checkAhead: chosen.checkAhead ?? defaultFactors.checkAhead,
  }
  const { claim, chunk, checkAhead } = factors
  if (!Number.isInteger(chosen.replicas) || chosen.replicas < 1 || chosen.replicas > 64) {
    throw new RangeError(`replicas must be a whole number from 1 to 64, not ${chosen.replicas}`)
  }
  if (!Number.isInteger(chunk) || chunk < 1 || chunk > largestChunk || (chunk & (chunk - 1)) !== 0) {
    throw new RangeError(`chunk must be a power of two from 1 to ${largestChunk}, not ${chunk}`)
  }
  if (!Number.isInteger(checkAhead) || checkAhead < 0 || checkAhead > furthestCheck) {
    throw new RangeError(`checkAhead must be a whole number from 0 to ${furthestCheck}, not ${checkAhead}`)
  }
  if (claim === 'request' && chunk > 1) {
    throw new RangeError(`claim 'request' covers all actions of a request: chunk must be 1, not ${chunk}`)
  }
  if ((chosen.maximumReplicas ?? 0) > chosen.replicas && !canLoseReplicas(factors)) {
    throw new RangeError(
      'replicas come and go only with default claims, relaxed emission and a rotating reader',
    )
  }
  const queues = device?.queueDescriptors?.length ?? 1
  if (factors.reader === 'per-queue' && device !== undefined && queues < chosen.replicas) {
    throw new RangeError(
      `reader 'per-queue' needs a queue for each of ${chosen.replicas} replicas, not ${queues}`,
    )
  }
  return factors
}

/**
 * Whether others can finish what a killed replica had in hand. With other claims than the default it may own
 * actions of later requests. With a turnstile, or a reader's role of its own, the others would wait for it.
 */
export function canLoseReplicas(factors: ReplicationFactors): boolean {
  const { claim, chunk, ownership, emission, reader } = factors
  const isFirstCome = claim === 'action' && chunk === 1 && ownership === 'first'
  return isFirstCome && emission === 'relaxed' && reader === 'rotating'
}

/** The factors of a strategy that has been resolved; any that is not replicated has the defaults. */
export function replicationFactors(strategy: { readonly kind: string }): ReplicationFactors {
  return strategy.kind === 'replicated'
    ? resolveFactors(strategy as unknown as ChosenFactors)
    : defaultFactors
}

/** The default is `claimed`. Throws RangeError for any other word. */
export function resolveVerification(chosen: VerificationFactor | undefined): VerificationFactor {
  return oneOf('verification', chosen, verificationFactors)
}

/** The default is `on`. Throws RangeError for any other word. */
export function resolveCoalescing(chosen: CoalescingFactor | undefined): CoalescingFactor {
  return oneOf('coalescing', chosen, coalescingFactors)
}

/** The first of `values` is the default. */
function oneOf<T extends string>(name: string, value: T | undefined, values: readonly T[]): T {
  const [fallback] = values
  if (value === undefined && fallback !== undefined) return fallback
  if (value !== undefined && values.includes(value)) return value
  throw new RangeError(`${name} must be one of ${values.join(', ')}, not '${value}'`)
}
