/** A replica of a replay whose second instance has a fault: from one request on its congestion window is wrong. */
import { workerData } from 'node:worker_threads'
import { runReplayed } from '../../../dominoes/log/replay.ts'
import type { StackReplayTask } from '../replay-thread.ts'
import { openFaultyMachine } from './faulty-machine.ts'

const task = workerData as StackReplayTask
runReplayed(task, (words, id) => openFaultyMachine(task.machine, words, id))
