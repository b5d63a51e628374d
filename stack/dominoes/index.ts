/** What the framework offers to those outside this project; inside it, import the files themselves. */

export { Auditor, type AuditReport, type Divergence } from './audit/auditor.ts'
export type { WitnessDomain, WitnessParts } from './audit/witness.ts'
export { Channel } from './channel/channel.ts'
export type { MailboxLayout } from './channel/mailbox.ts'
export { Mailbox } from './channel/mailbox.ts'
export type { OutboxLayout } from './channel/outbox.ts'
export { OutboxReader, OutboxWriter } from './channel/outbox.ts'
export { ClaimBoard } from './claims/claim-board.ts'
export type { ClaimPolicy } from './claims/claim-policy.ts'
export { ActionQueue, ActionWord, actionWords } from './contract/action-queue.ts'
export { hashWords } from './contract/digest.ts'
export { type Domain, noDeadline, type Source } from './contract/domain.ts'
export {
  SlotWord,
  slotArgumentWords,
  slotBytesForFrames,
  slotBytesForSuperFrames,
  slotHeadWords,
  slotPayloadOffset,
  verdictPending,
} from './contract/slot.ts'
export { LogError } from './log/error.ts'
export { type LogHeader, type LogShape, wholeSlot } from './log/layout.ts'
export { LogReader } from './log/reader.ts'
export { LogRecorder, runRecorder } from './log/recorder.ts'
export { RecordingDomain, type RecordingOptions } from './log/recording-domain.ts'
export { type ReplayTask, replayHere, replayOnThreads, runReplayed } from './log/replay.ts'
export type { ReplayDivergence, ReplayReport } from './log/replayer.ts'
export { type FirstDifference, findFirstDifference } from './log/search.ts'
export { LogWriter } from './log/writer.ts'
export { Membership } from './membership/membership.ts'
export { Order } from './membership/membership-layout.ts'
export { awaitAdmission } from './membership/orders.ts'
export { type CounterName, type CounterValues, readCounters } from './memory/counters.ts'
export { openRegion, type Region, RegionPlan } from './memory/region.ts'
export { Signal } from './memory/signal.ts'
export {
  type FrameworkLayout,
  type FrameworkOptions,
  type FrameworkStart,
  initialiseFramework,
  planFramework,
} from './replica/framework-layout.ts'
export { createIdle, type Idle, type IdleOptions, type Parker } from './replica/idle.ts'
export { type OpenReplicaParts, openReplica } from './replica/open-replica.ts'
export type { Replica } from './replica/replica.ts'
export { runReplica } from './replica/run-replica.ts'
