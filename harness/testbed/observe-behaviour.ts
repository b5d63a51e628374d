/**
 * One more exchange of a cell whose behaviour is shown: captured at the stack's device, its requests recorded, the peer's
 * kernel asked again and again. All this takes processor time, so it is no sample; it is verified like one.
 */
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mergePcap } from '../../stack/trace/index.ts'
import type { StackSpec } from '../agent/stack-spec.ts'
import { insideView } from '../behaviour/inside.ts'
import { outsideView, type ThreadCapture } from '../behaviour/outside.ts'
import { socketsOf, watchSockets } from '../behaviour/sockets.ts'
import { startProgram } from '../peers/peer-process.ts'
import {
  type Behaviour,
  behaviourFolder,
  behaviourSchema,
  captureName,
  requestsName,
  viewName,
} from '../result/behaviour.ts'
import type { SampleContext } from '../runner/sampler.ts'
import type { Counters } from '../topology/counters.ts'
import { paths } from '../topology/node.ts'
import type { PlannedStack } from './cell-plan.ts'
import { listeningPort } from './site.ts'
import type { Testbed } from './testbed.ts'

/** In the directory that the containers share. */
const captures = 'captures'
/** Headers of Ethernet, IPv4 and TCP with all options, and some more. */
const snapBytes = 128

/** What a stack is asked to leave behind. */
export type Traces = Pick<
  StackSpec,
  'captureDirectory' | 'captureSnapBytes' | 'captureBufferBytes' | 'recordPath'
>

interface Observed {
  readonly cell: string
  readonly seed: number
  readonly stack: PlannedStack
  /** Whether the peer is Linux. */
  readonly facesLinux: boolean
}

/** `exchange` does it with these traces, and returns the counters of the peer's kernel. Leaves a folder beside the log. */
export async function observeBehaviour(
  testbed: Testbed,
  { cell, seed, stack, facesLinux }: Observed,
  context: SampleContext,
  exchange: (traces: Traces) => Promise<Counters>,
): Promise<void> {
  const { strategy } = stack
  const isRecorded = strategy.kind === 'replicated' || strategy.kind === 'sequential'
  const shared = join(testbed.directory, captures)
  await rm(shared, { recursive: true, force: true })
  await mkdir(shared)
  const traces: Traces = {
    captureDirectory: `${paths.shared}/${captures}`,
    captureSnapBytes: snapBytes,
    // A replica may be killed, and what it holds of its capture would be lost.
    captureBufferBytes: 0,
    ...(isRecorded ? { recordPath: `${paths.shared}/${captures}/${requestsName}` } : {}),
  }
  const { result: counters, sockets } = await watchingSockets(testbed, facesLinux, () => exchange(traces))
  const folder = behaviourFolder(context.logPath)
  await mkdir(folder, { recursive: true })
  const files = await capturesIn(shared)
  mergePcap(
    files.map(({ path }) => path),
    join(folder, captureName),
  )
  if (isRecorded) await copyFile(join(shared, requestsName), join(folder, requestsName))
  const outside = outsideView(files, testbed.stack.address)
  const view: Behaviour = {
    experiment: context.experiment.id,
    cell,
    takenAt: new Date().toISOString(),
    seed,
    threads: 1 + Math.max(...files.map(({ thread }) => thread)),
    capture: captureName,
    requests: isRecorded ? requestsName : null,
    outside,
    inside: isRecorded ? insideView(join(folder, requestsName), outside) : null,
    peer: { counters, sockets: sockets === undefined ? [] : socketsOf(sockets, outside.stackPort) },
  }
  await writeFile(join(folder, viewName), JSON.stringify(behaviourSchema.parse(view)))
  await rm(shared, { recursive: true })
  context.log(`behaviour: ${folder}`)
}

async function watchingSockets<T>(testbed: Testbed, facesLinux: boolean, work: () => Promise<T>) {
  if (!facesLinux) return { result: await work(), sockets: undefined }
  const watch = await startProgram(testbed.peer, watchSockets(listeningPort))
  watch.result.catch(() => {})
  try {
    await watch.ready
    const result = await work()
    watch.stop()
    return { result, sockets: await watch.result }
  } catch (error) {
    watch.kill()
    throw error
  }
}

/** `thread-0.pcap`, and `thread-0-1.pcap` of the one that took its place; an empty one is of a thread killed at its start. */
async function capturesIn(folder: string): Promise<ThreadCapture[]> {
  const names = (await readdir(folder)).sort()
  const found = await Promise.all(
    names.map(async (name): Promise<ThreadCapture[]> => {
      const [, thread] = /^thread-(\d+)(?:-\d+)?\.pcap$/.exec(name) ?? []
      const path = join(folder, name)
      return thread === undefined || (await stat(path)).size === 0 ? [] : [{ path, thread: Number(thread) }]
    }),
  )
  return found.flat()
}
