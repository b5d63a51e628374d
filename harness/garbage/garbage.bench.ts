/**
 * Counts garbage collections on the replicas' threads during transfers of some seconds: on the path of a frame nothing is
 * allocated, so there is nothing to collect once the program is loaded and compiled.
 *
 *     node harness/garbage/garbage.bench.ts
 *
 * Prints a line for each data path, direction and strategy. Collections of the application's thread, which makes promises and
 * views, are told apart by its isolate: the first that collects, since it loads the program before the others exist.
 */
import { availableParallelism } from 'node:os'
import { patternPath, travellingContent } from '../content/stream-files.ts'
import { withCleanUp } from '../docker/clean-up.ts'
import { startProgram } from '../peers/peer-process.ts'
import { Testbed, type TestbedPlan } from '../testbed/testbed.ts'
import { sink, source } from '../workload/bulk/peer-side.ts'
import { type BulkTask, toldSchema } from '../workload/bulk/task.ts'
import { collectionsOf } from './trace-gc.ts'

const port = 5001
const mebibyte = 2 ** 20
/** Age of an isolate at which its loading and compiling are over, in milliseconds. */
const loadedMillis = 2000

/** The ways that frames take; where they are large, more bytes pass in the same time. */
const dataPaths: readonly (TestbedPlan & { readonly name: string; readonly transferBytes: number })[] = [
  { name: 'TAP', topology: 'tap', transferBytes: 2560 * mebibyte },
  { name: 'TAP, super-frames', topology: 'tap', offloads: 'on', transferBytes: 6144 * mebibyte },
  { name: 'packet socket', topology: 'veth-packet', transferBytes: 2560 * mebibyte },
  { name: 'packet ring', topology: 'veth-packet-ring', transferBytes: 2560 * mebibyte },
  {
    name: 'packet ring, cut by the kernel',
    topology: 'veth-packet-ring',
    offloads: 'gso',
    transferBytes: 3072 * mebibyte,
  },
]

process.env.DOMINOES_NODE_FLAGS = '--trace-gc'
await withCleanUp(async () => {
  for (const { name, transferBytes, ...plan } of dataPaths) {
    const testbed = await Testbed.deploy(plan, 'garbage', (line) => process.stderr.write(`${line}\n`))
    for (const direction of ['send', 'receive'] as const) {
      for (const replicas of [0, ...new Set([1, Math.min(2, availableParallelism())])])
        await count(testbed, replicas, direction, transferBytes, name)
    }
    await testbed.destroy()
  }
})

/** `replicas` 0 is the sequential strategy. */
async function count(
  testbed: Testbed,
  replicas: number,
  direction: BulkTask['direction'],
  transferBytes: number,
  path: string,
): Promise<void> {
  const { agent } = testbed
  if (agent === undefined) throw new Error('the topology has no stack')
  // In a process of its own, which loads the program: so the isolates can be told apart.
  await testbed.enterSpan(`${direction}, ${replicas}`)
  const content = await travellingContent(testbed.directory, 'checksum', transferBytes)
  const end = { meet: { listen: port }, content, warmupBytes: 0 }
  const running = await startProgram<unknown>(
    testbed.peer,
    direction === 'send' ? sink(end) : source({ ...end, bytes: transferBytes }),
  )
  await running.ready
  const task: BulkTask = {
    direction,
    peerAddress: testbed.peer.address,
    port,
    connections: 1,
    warmupBytes: 0,
    transferBytes,
    patternPath,
  }
  const { told, activity, output } = await agent.work({
    workload: 'bulk',
    stack: {
      strategy: replicas === 0 ? { kind: 'sequential' } : { kind: 'replicated', replicas },
      payloadWork: 'checksum',
      address: `${testbed.stack.address}/${testbed.stack.prefixBits}`,
    },
    task,
    timeoutSeconds: 120,
  })
  await running.result
  if (activity === undefined) throw new Error('the task had no stack')
  const { later, earlier } = collectionsOf(output, loadedMillis)
  const frames = (activity.framesIn + activity.framesOut) / 1e6
  const strategy = replicas === 0 ? 'sequential' : `replicated, N=${replicas}`
  process.stdout.write(
    `${path}, ${direction}, ${strategy}: ${later} collections in ${frames.toFixed(2)} million frames ` +
      `(${(later / frames).toFixed(2)} per million) over ${(toldSchema.parse(told).measuredMicros / 1e6).toFixed(1)} s ` +
      `on the stack's threads; ${earlier} before, while loading\n`,
  )
}
