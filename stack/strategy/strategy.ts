/**
 * What a strategy is: a way to run the one protocol machine on threads. Starting and stopping know strategies
 * only through this interface; `strategies.ts` has the list. What only some strategies have is optional here:
 * a crew, a recorder, states to compare. The simulator runs all of them through it, too, and reaches behind
 * it only to kill replicas and to record.
 *
 *   plan         where everything lies, before any memory exists
 *   initialise   the region made ready, before any thread runs
 *   openThread   one thread's part, on that thread: a loop body and what it sleeps in
 *   openEnds     the application's ends, on the thread that becomes the application's
 *   startAside   threads that neither apply nor perform
 *   openCrew     whoever starts and replaces threads, where they come and go
 */
import type { Worker } from 'node:worker_threads'
import type { Device } from '../device/device.ts'
import type { Clock } from '../device/kernel/clock.ts'
import type { AuditReport, Divergence } from '../dominoes/audit/auditor.ts'
import type { Channel } from '../dominoes/channel/channel.ts'
import type { Domain } from '../dominoes/contract/domain.ts'
import type { Region } from '../dominoes/memory/region.ts'
import type { Signal } from '../dominoes/memory/signal.ts'
import type { Parker } from '../dominoes/replica/idle.ts'
import type { OpenReplicaParts } from '../dominoes/replica/open-replica.ts'
import type { RingOccupancy } from './layout/live-counters.ts'
import type { StackLayout } from './layout/stack-layout.ts'
import type { StackParameters } from './options.ts'
import type { Lock } from './parts/lock.ts'
import type { ApplicationEnds, CrewControl, UpcallPort } from './running/running-stack.ts'

export interface Strategy {
  /** Throws RangeError for options that cannot be. */
  plan(parameters: StackParameters): StackLayout
  /** On a region of zeroes. `timeMicros`: what the clock shows now. */
  initialise(region: Region, layout: StackLayout, timeMicros: number): void
  openThread(parts: ThreadParts): StrategyThread
  /** `wakeDevice` ends the wait of whichever thread sleeps in the device. */
  openEnds(region: Region, layout: StackLayout, wakeDevice: () => void): StackEnds
  /**
   * Starts threads that neither apply nor perform, such as a recorder: before any other, so that nothing is left behind
   * if it throws. They end by themselves once the stack is closed.
   */
  startAside?(region: Region, layout: StackLayout, parameters: StackParameters): readonly Worker[]
  /** Starts the threads, if the parameters let them come and go; if undefined, each runs from the start to the end. */
  openCrew?(parts: OpenCrewParts): ThreadCrew | undefined
  /** On the thread of a newcomer, which waits in it: whether it may take part. For strategies that have a crew. */
  awaitAdmission?(region: Region, layout: StackLayout, thread: number): boolean
}

export interface OpenCrewParts {
  readonly region: Region
  readonly layout: StackLayout
  readonly parameters: StackParameters
  readonly outbox: UpcallPort
  /** A thread of `generation` 0 is there from the beginning; others are newcomers. */
  startThread(thread: number, generation: number): Worker
  /** Ends the wait of whichever thread sleeps in the device. */
  wakeDevice(): void
}

/** Threads that come and go, as whoever started the stack sees them. Application's thread only. */
export interface ThreadCrew extends CrewControl {
  /** Those that run now. */
  readonly workers: readonly Worker[]
  /** Resolves when all threads have ended. */
  readonly ended: Promise<void>
  /** Calls `listener` when no thread is left that could go on. */
  onFailure(listener: (error: Error) => void): void
  /** The stack ends by a failure: nobody is replaced any more. */
  giveUp(): void
}

/** What one thread's part is made from. */
export interface ThreadParts {
  readonly region: Region
  readonly layout: StackLayout
  readonly parameters: StackParameters
  /** 0 … layout.threads - 1. */
  readonly thread: number
  /** This thread's own, over whatever the threads share. */
  readonly device: Device
  readonly clock: Clock
  readonly seed: number
  /** Wraps the domain: the simulator adds what actions cost. */
  readonly wrapDomain?: (domain: Domain) => Domain
  /** Virtual cores replace a replica's channel by this, and wrap its other parts. */
  readonly channel?: Channel
  readonly wrapReplica?: (parts: OpenReplicaParts) => OpenReplicaParts
  /** Virtual cores wrap a lock. */
  readonly wrapLock?: (lock: Lock) => Lock
  /** How a thread waits in the middle of a round. If absent, it sleeps; in virtual time it lets the clock advance. */
  readonly pause?: (micros: number) => void
}

/** One thread's loop: `doWork` until `isFinished`, then `finish`. Called by that thread only. */
export interface StrategyThread extends Parker {
  /** One round; returns the work done, 0 if nothing could be done. Blocks at most as long as a lock is held. */
  doWork(): number
  /** Whether the stack is closed and nothing is left for this thread. */
  readonly isFinished: boolean
  /** After the last round: leaves behind what an auditor compares. */
  finish(): void
  /** Microseconds from `nowMicros` until this thread has a timer to fire, `noDeadline` if it has none. */
  microsUntilDeadline(nowMicros: number): number
}

export interface StackEnds {
  readonly application: ApplicationEnds
  /** Notified by every upcall. */
  readonly upcallSignal: Signal
  /** From now on no requests are taken; threads end when what was taken is done. */
  close(): void
  /** The protocol machine's counters by name; sums where there are several states that share the work. */
  protocolCounters(): Record<string, number>
  /** What one thread counted, by name. */
  threadCounters(thread: number): Record<string, number>
  /** Of strategies whose states have to be equal; absent where nothing is there to compare. */
  readonly audits?: StateAudits
  /** Of strategies whose threads share one ring. */
  ringOccupancy?(): RingOccupancy
}

export interface StateAudits {
  /** Compares what digests there are. */
  audit(): void
  report(): AuditReport
  /** Once all threads ended: compares their final digests too. */
  finish(): AuditReport
  /** Resolves when digests cover all that was applied so far, or when `isOver`. */
  checkpoint(isOver: () => boolean): Promise<void>
  /** Stops the stack, whose states differ, and says how they do. */
  explain(stack: DivergedStack): Promise<Error>
}

/** A stack whose states differ, as it runs. */
export interface DivergedStack {
  readonly region: Region
  readonly layout: StackLayout
  readonly parameters: Pick<StackParameters, 'machine' | 'recordPath' | 'dumpDirectory'>
  readonly divergence: Divergence
  /** Takes no more requests. */
  close(): void
  /** Resolves when all threads ended. */
  readonly ended: Promise<void>
  /** Ends all threads, wherever they are; resolves when they did. */
  terminate(): Promise<unknown>
}
