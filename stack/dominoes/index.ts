/** What the framework offers to those outside this project; inside it, import the files themselves. */
export { ActionQueue, ActionWord, actionWords } from './action-queue.ts'
export { Auditor, type AuditReport, type Divergence } from './auditor.ts'
export { Channel } from './channel.ts'
export { ClaimBoard } from './claim-board.ts'
export type { ClaimPolicy } from './claim-policy.ts'
export { type CounterName, type CounterValues, readCounters } from './counters.ts'
export { hashWords } from './digest.ts'
export { type Domain, noDeadline, type Source } from './domain.ts'
export {
  type FrameworkLayout,
  type FrameworkOptions,
  type FrameworkStart,
  initialiseFramework,
  planFramework,
} from './framework-layout.ts'
export { createIdle, type Idle, type IdleOptions, type Parker } from './idle.ts'
export { LogError } from './log-error.ts'
export { type LogHeader, type LogShape, wholeSlot } from './log-layout.ts'
export { LogReader } from './log-reader.ts'
export { LogRecorder, runRecorder } from './log-recorder.ts'
export { type ReplayTask, replayHere, replayOnThreads, runReplayed } from './log-replay.ts'
export type { ReplayDivergence, ReplayReport } from './log-replayer.ts'
export { type FirstDifference, findFirstDifference } from './log-search.ts'
export { LogWriter } from './log-writer.ts'
export { Mailbox } from './mailbox.ts'
export type { MailboxLayout } from './mailbox-layout.ts'
export { Membership } from './membership.ts'
export { Order } from './membership-layout.ts'
export { type OpenReplicaParts, openReplica } from './open-replica.ts'
export { awaitAdmission } from './orders.ts'
export { OutboxReader, OutboxWriter } from './outbox.ts'
export type { OutboxLayout } from './outbox-layout.ts'
export { openRegion, type Region, RegionPlan } from './region.ts'
export type { Replica } from './replica.ts'
export { runReplica } from './run-replica.ts'
export { Signal } from './signal.ts'
export {
  SlotWord,
  slotArgumentWords,
  slotBytesForFrames,
  slotBytesForSuperFrames,
  slotHeadWords,
  slotPayloadOffset,
  verdictPending,
} from './slot.ts'
export type { WitnessDomain, WitnessParts } from './witness.ts'
