/**
 * Logs of channels, for `make replay`. A run that was asked for them repeats the first sample of every replicated cell
 * on another stack, which records. So recording takes no time from what is measured. A log begins and ends with its
 * stack; the workload limits how much is transferred (`mostRecorded`).
 */
import { copyFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SampleContext } from '../runner/sampler.ts'
import { paths } from '../topology/node.ts'
import type { PlannedStack } from './cell-plan.ts'

/** A log is beside the log of its sample: `20.log`, `20.log.channel`. */
const suffix = '.channel'
const name = `recording${suffix}`
/** Where the stack, in its container, writes. */
export const recordPath = `${paths.shared}/${name}`

/** Whether this sample is repeated with a recording. */
export function isToBeRecorded({ strategy }: PlannedStack, { isFirst }: SampleContext): boolean {
  return isFirst && strategy.kind === 'replicated'
}

/** Moves the log from the directory that the containers share to its place in the run's folder. */
export async function keepRecording(directory: string, { logPath, log }: SampleContext): Promise<void> {
  const path = logPath + suffix
  await copyFile(join(directory, name), path)
  await rm(join(directory, name))
  log(`recorded: make replay LOG=${path}`)
}

/** The logs in a run's folder, in order of their paths. */
export async function recordingsIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'logs'), { recursive: true })
  return entries
    .filter((entry) => entry.endsWith(suffix))
    .sort()
    .map((entry) => join(folder, 'logs', entry))
}
