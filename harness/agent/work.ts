/**
 * Does the tasks of one workload, mostly on a stack of its own over the device that the agent passed on. Prints `ready`
 * once the stack is made. Each line of standard input is a `Work`; its answer is the line `result ` with a `Done` as JSON.
 * Ends at the first task that fails, with the reason on standard error.
 *
 *     node work.ts '<ProcessSpec as JSON>' '<device as JSON>'
 */
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import type { Stack } from '../../stack/index.ts'
import { transferCipherKey } from '../content/stream-pattern.ts'
import { mirrorCounters } from '../top/mirror.ts'
import { within } from '../within.ts'
import type { ApplicationOptions, ApplicationSide } from '../workload/stack-side.ts'
import { workloadOf, workloadSchema } from '../workload/workloads.ts'
import { Disturber } from './disturbance.ts'
import { inheritedDevice } from './inherited-device.ts'
import { type Done, processSpecSchema, type Work, workSchema } from './messages.ts'
import { roomFor } from './room.ts'
import { Activity } from './stack-activity.ts'
import type { StackSpec } from './stack-spec.ts'
import { divergencesPrefix, listeningLine, readyLine, resultPrefix } from './work-lines.ts'

type Told = Pick<Done, 'told' | 'activity'>

const { workload, stack: stackSpec, connections } = processSpecSchema.parse(JSON.parse(process.argv[2] ?? ''))
const side = await workloadOf(workloadSchema.parse(workload)).stackSide()
let stack: Stack | undefined
/** How often a replica was lost, left or joined until the end of the last task. Disturbances asked for all of these. */
let crewEventsBefore = 0

try {
  const work = await workerOf()
  // Now, because the agent may kill this process at any time; later processes then load in half the time.
  flushCompileCache()
  process.stdout.write(`${readyLine}\n`)
  for await (const line of createInterface({ input: process.stdin })) {
    const task = workSchema.parse(JSON.parse(line))
    const cpuBefore = process.cpuUsage()
    const told = await within(task.timeoutSeconds * 1000, work(task), () => lateFor(task))
    const cpu = process.cpuUsage(cpuBefore)
    const done: Omit<Done, 'output'> = {
      ...told,
      cpuMicros: cpu.user + cpu.system,
      maxResidentBytes: process.resourceUsage().maxRSS * 1024,
    }
    process.stdout.write(`${resultPrefix}${JSON.stringify(done)}\n`)
  }
} catch (error) {
  if (stack === undefined) throw error
  // What the stack was doing when it failed, for the log.
  const report = stack.report()
  process.stderr.write(`${JSON.stringify(report)}\n`)
  process.stdout.write(`${divergencesPrefix}${report.divergences}\n`)
  // If the stack failed, its own failure is the reason: connections end only as a consequence.
  throw stack.failure ?? error
} finally {
  await stack?.stop()
}

async function workerOf(): Promise<(work: Work) => Promise<Told>> {
  if (side.kind === 'program') return async ({ task }) => ({ told: { ...(await side.run(task)) } })
  if (stackSpec === undefined) throw new Error(`workload ${workload} needs a stack`)
  const { segmentationOffload = false, sentFrameBytes } = inheritedDevice().capabilities
  const receivesSuperFrames = segmentationOffload && sentFrameBytes === undefined
  const options = { ...side.stackOptions, ...(receivesSuperFrames ? side.superFrameOptions : {}) }
  const made = await makeStack(stackSpec, roomFor(options, connections))
  stack = made
  return (work) => runOn(made, side, work)
}

async function makeStack(spec: StackSpec, options: ApplicationOptions): Promise<Stack> {
  // Loaded only here: it takes half of the time in which a process without a stack starts.
  const { createStack } = await import('../../stack/index.ts')
  const { strategy, payloadWork, idle, impairment, ...others } = spec
  const made = await createStack({
    ...options,
    ...others,
    strategy,
    device: { ...inheritedDevice(), ...(impairment === undefined ? {} : { impairment }) },
    payloadWork: { kind: payloadWork, cipherKey: transferCipherKey },
    ...(idle === undefined ? {} : { idle: { kind: idle } }),
  })
  mirrorCounters(made, `${describe(strategy)}, ${payloadWork}`)
  return made
}

async function runOn(stack: Stack, side: ApplicationSide, work: Work): Promise<Told> {
  const activity = new Activity(stack)
  const { disturbance } = work
  let disturber: Disturber | undefined
  const told = await side.run(work.task, {
    stack,
    listens: () => process.stdout.write(`${listeningLine}\n`),
    progresses: (progress) => {
      if (disturbance !== undefined) disturber = new Disturber(stack, disturbance, progress)
    },
  })
  const disturbed = await disturber?.finish()
  await stack.checkpoint()
  const { crewEvents = [], note } = stack.report()
  // A replica was lost or joined without a disturbance. The task survived, but it is not the task to be measured.
  if (disturbance === undefined && crewEvents.length > crewEventsBefore) throw new Error(note)
  crewEventsBefore = crewEvents.length
  return {
    told: { ...told },
    activity: { ...activity.sinceStart(), ...(disturbed === undefined ? {} : { disturbed }) },
  }
}

function describe(option: StackSpec['strategy']): string {
  const { kind, ...factors } = option
  return [kind, ...Object.entries(factors).map(([name, value]) => `${name} ${value}`)].join(', ')
}

function lateFor({ timeoutSeconds }: Work): Error {
  return new Error(`the task did not end within ${timeoutSeconds} s`)
}
