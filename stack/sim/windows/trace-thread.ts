/** Entry of a thread that replays a recorded transfer as one of its replicas, and leaves a trace of its windows. */
import { workerData } from 'node:worker_threads'
import { runReplayed } from '../../dominoes/log/replay.ts'
import { nowMicros } from '../../dominoes/model/sampled-time.ts'
import type { StackReplayTask } from '../../strategy/replay/replay-thread.ts'
import { openReplayedMachine } from '../../strategy/replay/stack-log.ts'
import { traceDomain, WindowTrace } from './window-trace.ts'

export interface TraceTask extends StackReplayTask {
  /** Of this replica. */
  readonly trace: Int32Array
  /** When this replica was there, and when it had applied everything; microseconds of the system's clock. */
  readonly times: Float64Array
}

const task = workerData as TraceTask
task.times[0] = nowMicros()
runReplayed(task, (words) => {
  const machine = openReplayedMachine(task.machine, words)
  return traceDomain(machine, new WindowTrace(task.trace, task.machine, machine.state))
})
task.times[1] = nowMicros()
