/**
 * Counts garbage collections on the replicas' threads during a transfer of some ten seconds: on the path of a frame
 * nothing is allocated, so there is nothing to collect once the program is loaded and compiled.
 *
 *     node harness/bench/garbage.bench.ts
 *
 * Prints one line a strategy. Collections of the application's thread, which makes promises and views, are told apart
 * by its isolate: the first that collects, since it loads the program before the others exist.
 */
import { availableParallelism } from 'node:os'
import { withCleanUp } from '../docker/clean-up.ts'
import { Bench } from '../executor/bench.ts'
import { patternPath, travellingContent } from '../executor/stream-files.ts'
import { startSink } from '../topology/peer-program.ts'
import { collectionsOf } from './trace-gc.ts'

const port = 5001
const mebibyte = 2 ** 20
/** Loading and compiling are over by then, in milliseconds. */
const loadedMillis = 2000
const transferBytes = 2560 * mebibyte

process.env.DOMINOES_NODE_FLAGS = '--trace-gc'
await withCleanUp(async () => {
  const bench = await Bench.deploy({ topology: 'tap' }, 'garbage', (line) =>
    process.stderr.write(`${line}\n`),
  )
  for (const replicas of [0, ...new Set([1, Math.min(2, availableParallelism())])])
    await count(bench, replicas)
  await bench.destroy()
})

/** `replicas` 0 is the sequential strategy. */
async function count(bench: Bench, replicas: number): Promise<void> {
  const { agent } = bench
  if (agent === undefined) throw new Error('the topology has no stack')
  const content = await travellingContent(bench.directory, 'checksum', transferBytes)
  const sink = await startSink(bench.peer, { meet: { listen: port }, content, warmupBytes: 0 })
  await sink.ready
  const result = await agent.transfer({
    stack: {
      strategy: replicas === 0 ? { kind: 'sequential' } : { kind: 'replicated', replicas },
      payloadWork: 'checksum',
      address: `${bench.stack.address}/${bench.stack.prefixBits}`,
    },
    direction: 'send',
    peerAddress: bench.peer.address,
    port,
    connections: 1,
    warmupBytes: 0,
    transferBytes,
    patternPath,
    timeoutSeconds: 120,
  })
  await sink.result
  const { later, earlier } = collectionsOf(result.output, loadedMillis)
  const frames = (result.framesIn + result.framesOut) / 1e6
  const name = replicas === 0 ? 'sequential' : `replicated, N=${replicas}`
  process.stdout.write(
    `${name}: ${later} collections in ${frames.toFixed(2)} million frames (${(later / frames).toFixed(2)} per million) ` +
      `over ${(result.measuredMicros / 1e6).toFixed(1)} s on the stack's threads; ${earlier} before, while loading\n`,
  )
}
