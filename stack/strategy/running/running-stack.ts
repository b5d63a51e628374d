/**
 * A stack whose threads run, as the socket layer and the harness hold it, whatever the strategy.
 */
import type { PathCounters } from '../../device/wrappers/impaired-path/path-layout.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import type { LiveCounters } from '../layout/live-counters.ts'
import type { StreamBuffers } from '../layout/stream-buffers.ts'

/** Where the application posts its requests. */
export interface RequestPort {
  /** Posts a request, `mailWords` words by `MailWord`, which are copied; false if there is no room now. */
  tryPostRecord(mail: Int32Array): boolean
}

/** Where the application takes its upcalls, in their order. */
export interface UpcallPort {
  /** Word offset of the next upcall's record (`UpcallRecord`), -1 if there is none. Valid until `advance`. */
  peek(): number
  advance(): void
}

/** The application's ends of everything it shares with the stack. */
export interface ApplicationEnds {
  readonly region: Region
  readonly buffers: StreamBuffers
  /** Of UDP sockets. */
  readonly datagramBuffers: StreamBuffers
  readonly mailbox: RequestPort
  readonly outbox: UpcallPort
  /** Wakes a stack that sleeps: to be called after posting. */
  wake(): void
  /** Whether every replica has passed the request with this channel index. */
  hasPassed(index: number): boolean
}

export interface StackReport {
  /** State digests compared between replicas, and those that differed: anything but 0 voids the run. */
  readonly digestsCompared: number
  readonly divergences: number
  readonly digestsMissed: number
  /** The protocol machine's counters by name. */
  readonly protocol: Record<string, number>
  /** Of each thread, by name. */
  readonly perReplica: Record<string, number>[]
  readonly framesIn: number
  readonly framesOut: number
  /**
   * The processors that each thread may use, as the kernel lists them; '' for one that does not run. Absent where no
   * placement was asked for.
   */
  readonly processors?: readonly string[]
  /** Frames that the device had no room for. */
  readonly framesRefused: number
  /** What a reader should know about this run; usually empty. */
  readonly note: string
  /** Replicas that were lost, left and joined; absent where they cannot. */
  readonly crewEvents?: readonly CrewEvent[]
  /** What the impaired path before the device did to frames; absent if there is none. */
  readonly path?: PathCounters
}

/** What happened to a replica. */
export interface CrewEvent {
  readonly kind: 'lost' | 'left' | 'joined'
  readonly replica: number
  /** Why it was lost; empty otherwise. */
  readonly reason: string
  /** Since the stack started, in milliseconds. */
  readonly atMillis: number
  /**
   * Of a lost replica, from the end of its thread until the ring was free of it; of a newcomer, from the call
   * of `addReplica` until it was let in.
   */
  readonly tookMillis: number
}

/** Replicas that come and go while the stack runs. Throws RangeError where a replica is not there, or is the last. */
export interface CrewControl {
  /** Numbers of the replicas that take part. */
  readonly living: readonly number[]
  readonly events: readonly CrewEvent[]
  /** Starts a replica under the lowest number that is free; resolves with it once it takes part. */
  addReplica(): Promise<number>
  /** Lets a replica end between two rounds of its loop. */
  removeReplica(replica: number): Promise<void>
  /** Kills a replica's thread, wherever it is; resolves once the others go on without it. */
  failReplica(replica: number): Promise<void>
  /** Makes a replica's thread sleep between two rounds of its loop; resolves once it was told to. */
  stallReplica(replica: number, millis: number): Promise<void>
}

export interface RunningStack {
  readonly application: ApplicationEnds
  /** Notified by every upcall. */
  readonly upcallSignal: Signal
  /** Waits until digests cover all that was applied so far; the stack goes on. */
  checkpoint(): Promise<void>
  /** Stops taking requests and waits until every replica applied all there are; digests are final then. */
  settle(): Promise<void>
  report(): StackReport
  /** For live views of the running stack. */
  liveCounters(): LiveCounters
  /** What ended a thread, and with it the stack. */
  readonly failure: Error | undefined
  /** Absent where replicas cannot come and go. */
  readonly crew?: CrewControl | undefined
  stop(): Promise<void>
}
