/** Entry of a thread that replays a stack's log as one of its replicas. */
import { workerData } from 'node:worker_threads'
import { type ReplayTask, runReplayed } from '../../dominoes/log/replay.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { openReplayedMachine } from './stack-log.ts'

export interface StackReplayTask extends ReplayTask {
  readonly machine: MachineConfig
}

const task = workerData as StackReplayTask
runReplayed(task, (words) => openReplayedMachine(task.machine, words))
