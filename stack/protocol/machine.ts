/**
 * The protocol machine: requests in, actions out, all state in one flat buffer. It is called by the thread
 * that owns the replica. `apply` is pure: equal state and equal slot make equal state and equal actions.
 *
 *   1. time       timers due at the request's time stamp change state; nothing is emitted yet
 *   2. request    changes state; emits what answers it directly, which always fits the queue
 *   3. drain      senders with something to emit emit it, until they are done or the queue is full
 *
 * Invariant: what step 3 has not emitted yet is in the state: the list of senders with something to emit, and each
 * sender's record of it.
 */
import type { ActionQueue } from '../dominoes/contract/action-queue.ts'
import { noDeadline } from '../dominoes/contract/domain.ts'
import { SlotWord } from '../dominoes/contract/slot.ts'
import { ageAfterGap } from './ageing.ts'
import { applyApplicationRequest } from './application.ts'
import { type MachineConfig, maximumGapMicros } from './config.ts'
import { receiveFrame } from './ip/input.ts'
import { Request } from './requests.ts'
import { type SenderKinds, senderKinds } from './senders/kinds.ts'
import { drain } from './senders/pending.ts'
import { earliestDeadline, fireTimers, isAnyDue } from './senders/timers.ts'
import { advanceClock, elapsedMicros } from './state/clock.ts'
import { Core } from './state/core.ts'
import { digestAll, digestLive } from './state/digest.ts'
import { copyLive } from './state/snapshot.ts'
import { cubic } from './tcp/congestion/cubic.ts'
import { newreno } from './tcp/congestion/newreno.ts'
import { type ExpectedSegment, expectSegment } from './tcp/receiving/expected-segment.ts'

export { stateWords } from './state/layout.ts'

export interface Machine {
  /** Applies the request in the slot at word offset `slot` to the state; fills the action queue, which was empty. */
  apply(slot: number): void
  /** Whether the request just applied has further actions to emit. */
  hasMore(): boolean
  /** Goes on where `apply` or `resume` stopped, after the queue was cleared. */
  resume(): void
  /** Microseconds from `nowMicros` to the next timer: 0 if one is due, `noDeadline` if none is armed. */
  microsUntilDeadline(nowMicros: number): number
  /** The segment that the connection at hand expects next; false if nothing can be said. Changes nothing. */
  expectSegment(into: ExpectedSegment): boolean
  /** 32-bit hash of the live state. */
  digest(): number
  /** 32-bit hash of every word of the state. */
  digestAll(): number
  /**
   * Copies the live state to the same places of `target`, from which another machine can go on. Only between two
   * requests.
   */
  copyState(target: Int32Array): void
}

/**
 * A machine over `state`, which has at least `stateWords(config)` words: all zero at first, or those of another
 * replica at the same channel index. `words` is the region that slots are in. Throws RangeError for a configuration,
 * state or queue that cannot work.
 */
export function createMachine(
  config: MachineConfig,
  words: Int32Array,
  state: Int32Array,
  actions: ActionQueue,
  kinds: SenderKinds = senderKinds,
): Machine {
  const congestion = config.congestionControl === 'cubic' ? cubic : newreno
  const core = new Core(config, words, state, actions, congestion, kinds)
  return {
    apply: (slot) => apply(core, slot),
    hasMore: () => core.globals.pendingHead !== 0,
    resume: () => drain(core),
    microsUntilDeadline: (nowMicros) => microsUntilDeadline(core, nowMicros),
    expectSegment: (into) => expectSegment(core, into),
    digest: () => digestLive(core),
    digestAll: () => digestAll(core),
    copyState: (target) => copyLive(core, target),
  }
}

function apply(core: Core, slot: number): void {
  const { globals, words } = core
  core.slot = slot
  globals.requests = (globals.requests + 1) | 0
  const elapsed = advanceClock(core, words[slot + SlotWord.time] as number)
  if (elapsed > maximumGapMicros) ageAfterGap(core)
  if (isAnyDue(core)) fireTimers(core)
  const kind = words[slot + SlotWord.kind] as number
  if (kind === Request.frame) receiveFrame(core)
  else if (kind !== Request.tick) applyApplicationRequest(core, kind)
  drain(core)
}

function microsUntilDeadline(core: Core, nowMicros: number): number {
  const { globals } = core
  if (globals.timedSenders === 0) return noDeadline
  // After a gap that long every deadline is past, even if wrapping makes it seem to lie ahead.
  if (elapsedMicros(globals.lastNow, nowMicros) > maximumGapMicros) return 0
  return Math.max(0, (earliestDeadline(core) - nowMicros) | 0)
}
