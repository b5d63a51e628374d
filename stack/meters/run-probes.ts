/**
 * Runs the probes: `node run-probes.ts` prints a line when it is ready. For every line that it reads, the name of a
 * probe, it prints a line with the answers of the two threads.
 */
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { openEventFd } from '../device/kernel/descriptor-device.ts'
import { RegionPlan } from '../dominoes/memory/region.ts'
import { initialiseFramework, planFramework } from '../dominoes/replica/framework-layout.ts'
import type { ProbeTask } from './probe-task.ts'

const plan = new RegionPlan()
const layout = planFramework(plan, {
  replicas: 2,
  slotCount: 1024,
  slotBytes: 2048,
  outboxCount: 2,
  mailboxes: [],
  claimCount: 8192,
  digestEntries: 2,
})
const turnWord = plan.reserve(4096) / 4
const workAt = plan.reserve(2 ** 21)
const region = plan.allocate()
initialiseFramework(region, layout)
const eventFd = openEventFd('probes')
const workers = [0, 1].map((id) => {
  const task: ProbeTask = { buffer: region.buffer, id, layout, turnWord, workAt, eventFd }
  return new Worker(new URL('./probe-worker.ts', import.meta.url), { workerData: task })
})
for (const worker of workers) {
  worker.on('error', (error) => {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  })
}
say({ event: 'ready' })
for await (const line of createInterface({ input: process.stdin })) {
  const probe = line.trim()
  if (probe === '') continue
  const answers = workers.map((worker) => new Promise((resolve) => worker.once('message', resolve)))
  for (const worker of workers) worker.postMessage(probe)
  say({ event: 'sample', probe, threads: await Promise.all(answers) })
}
await Promise.all(workers.map((worker) => worker.terminate()))

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
