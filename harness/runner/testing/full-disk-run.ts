/**
 * A run, without containers of its own, on a file system that is full before the run is over. Prints one JSON object: what
 * was told, what was on disk then, and how the same run ended once there was space again.
 *
 *     node full-disk-run.ts <reports>
 *
 * `reports` is on a small file system with nothing else on it.
 */
import { readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatError } from '../../cli/exit.ts'
import { resolveDefinition } from '../../matrix/load.ts'
import { latestRun, samplesName } from '../../result/store.ts'
import { FakePredictor } from '../../testing/fake-predictor.ts'
import { FakeSampler } from '../../testing/fake-sampler.ts'
import { machine, smallDefinition } from '../../testing/fixtures.ts'
import { LineProgress } from '../progress.ts'
import { findUnfinished } from '../resume.ts'
import { runExperiments } from '../run.ts'

const [reports = ''] = process.argv.slice(2)
const ballast = join(reports, 'ballast')
/** About five samples of the fourteen. */
const leftBytes = 48 * 1024
const wanted = {
  experiments: [resolveDefinition('small.ts', smallDefinition)],
  profile: 'quick' as const,
  seed: 7,
  machine,
  source: { commit: 'c0ffee', dirty: false, changes: null },
  records: false,
}

async function run() {
  const { run: unfinished } = await findUnfinished(reports, wanted)
  const sampler = new FakeSampler()
  try {
    const { complete, remarks } = await runExperiments({
      ...wanted,
      unfinished,
      sampler,
      predictor: new FakePredictor(),
      reports,
      signal: new AbortController().signal,
      progress: new LineProgress(() => {}),
    })
    return { told: remarks.join('\n'), complete, lastCall: sampler.calls.at(-1) }
  } catch (error) {
    return { told: formatError(error), complete: false, lastCall: sampler.calls.at(-1) }
  }
}

async function onDisk() {
  const { folder, samples, manifest } = await latestRun(reports)
  const text = await readFile(join(folder, samplesName), 'utf8')
  return { samples: samples.length, wholeLines: text.endsWith('\n'), seed: manifest.seed }
}

const { bavail, bsize } = await statfs(reports)
await writeFile(ballast, Buffer.alloc(bavail * bsize - leftBytes, 1))
const full = { ...(await run()), ...(await onDisk()) }
await rm(ballast)
const after = { ...(await run()), ...(await onDisk()) }
process.stdout.write(`${JSON.stringify({ full, after })}\n`)
