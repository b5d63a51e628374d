/** What a workload does in the stack's container, in a child process of the agent. */
import type { Stack, StackOptions } from '../../stack/index.ts'

/** What a task is given besides itself. */
export interface StackContext {
  readonly stack: Stack
  /** Tells the harness that this end waits for connections: the other may begin. */
  listens(): void
  /** To be called once the connections are open: `progress` shows how far the task is, for disturbances of replicas. */
  progresses(progress: Progress): void
}

export interface Progress {
  /** Application bytes that are known to have arrived at the receiving end. */
  arrivedBytes(): number
  /** Share of the task that is done, from 0 to 1. */
  share(): number
}

/** Options of a stack that the workload chooses for its application. */
export type ApplicationOptions = Pick<
  StackOptions,
  'coalesceMillis' | 'connectionCount' | 'sendBufferBytes' | 'receiveBufferBytes'
>

export interface ApplicationSide {
  readonly kind: 'application'
  readonly stackOptions: ApplicationOptions
  /** What takes their place where the device cuts and merges frames, and a connection is several times as fast. */
  readonly superFrameOptions?: ApplicationOptions
  /** Does one task on a stack that is kept for others. Returns what the host side's `conclude` reads. */
  run(task: unknown, context: StackContext): Promise<object>
}

export interface ProgramSide {
  readonly kind: 'program'
  /** Does one task in a process that ends with it. */
  run(task: unknown): Promise<object>
}

export type StackSide = ApplicationSide | ProgramSide
