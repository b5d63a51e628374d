/** What a workload does in the stack's container, in a process of the agent's. */
import type { Stack, StackOptions } from '../../stack/index.ts'

/** What a task is given besides itself. */
export interface StackContext {
  readonly stack: Stack
  /** Tells the harness that this end waits for connections: the other may begin. */
  listens(): void
  /** Tells how to see how far the task is, once its connections are open. Who disturbs replicas goes by it. */
  progresses(progress: Progress): void
}

export interface Progress {
  /** Application bytes that are known to have arrived at the receiving end. */
  arrivedBytes(): number
  /** Of the task, from 0 to 1. */
  share(): number
}

/** Options of a stack that are the workload's choice: what its application needs. */
export type ApplicationOptions = Pick<
  StackOptions,
  'coalesceMillis' | 'connectionCount' | 'sendBufferBytes' | 'receiveBufferBytes'
>

export interface ApplicationSide {
  readonly kind: 'application'
  readonly stackOptions: ApplicationOptions
  /** Does one task on a stack that stays for others. Answers what the host side's `conclude` reads. */
  run(task: unknown, context: StackContext): Promise<object>
}

export interface ProgramSide {
  readonly kind: 'program'
  /** Does one task in a process that ends with it. */
  run(task: unknown): Promise<object>
}

export type StackSide = ApplicationSide | ProgramSide
