/**
 * Counts garbage collections on the replicas' threads during a transfer of some ten seconds: on the path of a frame
 * nothing is allocated, so there is nothing to collect once the program is loaded and compiled.
 *
 *     node harness/garbage/garbage.bench.ts
 *
 * Prints one line a strategy. Collections of the application's thread, which makes promises and views, are told apart
 * by its isolate: the first that collects, since it loads the program before the others exist.
 */
import { availableParallelism } from 'node:os'
import { patternPath, travellingContent } from '../content/stream-files.ts'
import { withCleanUp } from '../docker/clean-up.ts'
import { startProgram } from '../peers/peer-process.ts'
import { Testbed } from '../testbed/testbed.ts'
import { sink } from '../workload/bulk/peer-side.ts'
import { type BulkTask, toldSchema } from '../workload/bulk/task.ts'
import { collectionsOf } from './trace-gc.ts'

const port = 5001
const mebibyte = 2 ** 20
/** Age of an isolate at which its loading and compiling are over, in milliseconds. */
const loadedMillis = 2000
const transferBytes = 2560 * mebibyte

process.env.DOMINOES_NODE_FLAGS = '--trace-gc'
await withCleanUp(async () => {
  const testbed = await Testbed.deploy({ topology: 'tap' }, 'garbage', (line) =>
    process.stderr.write(`${line}\n`),
  )
  for (const replicas of [0, ...new Set([1, Math.min(2, availableParallelism())])])
    await count(testbed, replicas)
  await testbed.destroy()
})

/** `replicas` 0 is the sequential strategy. */
async function count(testbed: Testbed, replicas: number): Promise<void> {
  const { agent } = testbed
  if (agent === undefined) throw new Error('the topology has no stack')
  const content = await travellingContent(testbed.directory, 'checksum', transferBytes)
  const receiving = await startProgram(
    testbed.peer,
    sink({ meet: { listen: port }, content, warmupBytes: 0 }),
  )
  await receiving.ready
  const task: BulkTask = {
    direction: 'send',
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
  await receiving.result
  if (activity === undefined) throw new Error('the task had no stack')
  const { later, earlier } = collectionsOf(output, loadedMillis)
  const frames = (activity.framesIn + activity.framesOut) / 1e6
  const name = replicas === 0 ? 'sequential' : `replicated, N=${replicas}`
  process.stdout.write(
    `${name}: ${later} collections in ${frames.toFixed(2)} million frames (${(later / frames).toFixed(2)} per million) ` +
      `over ${(toldSchema.parse(told).measuredMicros / 1e6).toFixed(1)} s on the stack's threads; ${earlier} before, while loading\n`,
  )
}
