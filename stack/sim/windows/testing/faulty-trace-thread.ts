/** As `trace-thread.ts`, but the second replica's congestion window is wrong from one request on. */
import { workerData } from 'node:worker_threads'
import { runReplayed } from '../../../dominoes/log/replay.ts'
import { openFaultyMachine } from '../../../strategy/replay/testing/faulty-machine.ts'
import type { TraceTask } from '../trace-thread.ts'
import { traceDomain, WindowTrace } from '../window-trace.ts'

const task = workerData as TraceTask
runReplayed(task, (words, id) => {
  const machine = openFaultyMachine(task.machine, words, id)
  return traceDomain(machine, new WindowTrace(task.trace, task.machine, machine.state))
})
