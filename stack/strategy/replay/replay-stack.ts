/**
 * Replays the log of a stack's channel: the same requests through the same machine, with any number of replicas and no
 * device. Every digest of the log has to come out again at every replica.
 */
import { Worker } from 'node:worker_threads'
import { SlotWord, slotHeadWords } from '../../dominoes/contract/slot.ts'
import { LogError } from '../../dominoes/log/error.ts'
import { LogReader } from '../../dominoes/log/reader.ts'
import { replayHere, replayOnThreads } from '../../dominoes/log/replay.ts'
import type { ReplayReport } from '../../dominoes/log/replayer.ts'
import { findFirstDifference } from '../../dominoes/log/search.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { describeDifferences, type StateDifference } from '../../protocol/state/describe.ts'
import { readLoggedRequests } from './logged-requests.ts'
import type { StackReplayTask } from './replay-thread.ts'
import { openReplayedMachine, parseStackLog, type StackLogDescription } from './stack-log.ts'

export interface ReplayOptions {
  readonly replicas: number
  /** False: all replicas are stepped on the calling thread. Default true. */
  readonly threads?: boolean
  /** Whether a log without its end is replayed as far as it goes. Default false: it is an error. */
  readonly partial?: boolean
  /** The file of the replicas' threads, which gets a `StackReplayTask`; tests have their own. */
  readonly threadFile?: URL
}

export interface StackReplayReport extends ReplayReport {
  readonly replicas: number
  readonly micros: number
  readonly description: StackLogDescription
  /** Why the log is not whole; empty if it is. */
  readonly lack: string
}

/** Throws LogError: no log, damaged, not a stack's, or (unless `partial`) without its end. */
export async function replayStackLog(path: string, options: ReplayOptions): Promise<StackReplayReport> {
  const { replicas, threads = true, partial = false } = options
  const reader = new LogReader(path)
  try {
    const description = parseStackLog(path, reader.header)
    const lack = reader.hasEnd ? '' : reader.lack
    if (lack !== '' && !partial) {
      throw new LogError(
        path,
        lack,
        'stop the stack before copying its log, or replay what there is (--partial)',
      )
    }
    const startedAt = performance.now()
    const report = threads
      ? await replayOnThreads(reader, replicas, (task) => {
          const workerData: StackReplayTask = { ...task, machine: description.machine }
          return new Worker(options.threadFile ?? new URL('./replay-thread.ts', import.meta.url), {
            workerData,
          })
        })
      : replayHere(reader, replicas, (words) => openReplayedMachine(description.machine, words))
    const micros = (performance.now() - startedAt) * 1000
    return { ...report, replicas, micros, description, lack }
  } finally {
    reader.close()
  }
}

export interface PinnedDivergence {
  /** Channel index of the first request after which the machines differ, and what it was. */
  readonly index: number
  readonly request: string
  readonly differences: readonly StateDifference[]
}

/** How a search makes its machines; tests put a faulty one among them. */
export type OpenMachine = typeof openReplayedMachine

/**
 * Applies the log to `machines` machines side by side, comparing them after every request between two marks. Undefined:
 * they agree, so whatever differed before was not the log's doing.
 */
export function pinDivergence(
  path: string,
  lastEqualMark: number,
  mark: number,
  machines: number,
  open: (
    config: MachineConfig,
    words: Int32Array,
    machine: number,
  ) => ReturnType<OpenMachine> = openReplayedMachine,
): PinnedDivergence | undefined {
  const reader = new LogReader(path)
  try {
    const { machine } = parseStackLog(path, reader.header)
    const words = new Int32Array(SlotWord.head + slotHeadWords)
    const opened = Array.from({ length: machines }, (_, k) => open(machine, words, k))
    const found = findFirstDifference(reader, words, 0, opened, lastEqualMark, mark)
    if (found === undefined) return undefined
    const [first, other] = [opened[0], opened[found.domain]]
    return {
      index: found.index,
      request: readLoggedRequests(path, found.index, 1).lines[0] ?? '',
      differences: describeDifferences(machine, first?.state ?? words, other?.state ?? words),
    }
  } finally {
    reader.close()
  }
}
