/**
 * One of the two threads of the probes. Both run the same probe at the same time, kept in step by a shared counter,
 * and each answers what it measured. The main thread names the next probe.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { openRegion } from '../dominoes/memory/region.ts'
import type { ProbeTask } from './probe-task.ts'
import { createProbes } from './probes.ts'

const task = workerData as ProbeTask
const probes = createProbes(openRegion(task.buffer), task)
parentPort?.on('message', (name: string) => {
  const probe = probes[name]
  if (probe === undefined) throw new Error(`no such probe: ${name}`)
  parentPort?.postMessage(probe())
})
