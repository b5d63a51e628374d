/** Starts the thread that records a stack's channel, if the stack is to be recorded. */
import { Worker } from 'node:worker_threads'
import { makeLogFile } from '../../dominoes/log/writer.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { StackLayout } from '../layout/stack-layout.ts'
import type { StackParameters } from '../options.ts'

/** What crosses to the recorder's thread. */
export interface RecordTask {
  readonly buffer: SharedArrayBuffer
  readonly layout: StackLayout
  readonly parameters: StackParameters
  readonly path: string
}

/**
 * After the region was initialised, before any replica starts. The thread ends when the channel is closed and all of
 * it is in the file. None or one; throws LogError if the file cannot be made.
 */
export function startRecorder(region: Region, layout: StackLayout, parameters: StackParameters): Worker[] {
  const { recordPath: path } = parameters
  if (path === undefined) return []
  makeLogFile(path)
  const task: RecordTask = { buffer: region.buffer, layout, parameters, path }
  return [new Worker(new URL('./record-thread.ts', import.meta.url), { workerData: task })]
}
