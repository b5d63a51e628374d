/** A small experiment, a machine and a place to write to, for tests. Never imported by anything but tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Definition } from '../matrix/experiment.ts'
import type { Machine } from '../result/manifest.ts'

export const smallDefinition: Definition = {
  id: 'small',
  title: 'A small experiment',
  question: 'Does it run?',
  claim: { text: 'It runs.', source: 'Nobody, nowhere' },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 1_000_000, cipher: 500_000, linux: 2_000_000 },
    warmupBytes: { checksum: 1000, cipher: 1000, linux: 1000 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum', 'cipher'] },
    { strategy: ['replicated'], replicas: [1, 2], payloadWork: ['checksum', 'cipher'] },
    { strategy: ['linux'], topology: ['veth'], offload: ['on'] },
  ],
  baselines: ['sequential', 'single-replica'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 7, quick: 2 },
}

/** Cells with and without a place for each thread; the last is one that a machine with two cores cannot run. */
export const placedCells: Definition['cells'] = [
  { strategy: ['sequential'], payloadWork: ['checksum'] },
  { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'], placement: ['together', 'apart'] },
  { strategy: ['replicated'], replicas: [4], payloadWork: ['checksum'], placement: ['doubled', 'apart'] },
]

/** A plan of predictions that tests may add to the small experiment. */
export const smallPlan: NonNullable<Definition['predictions']> = {
  strategies: ['sequential', 'replicated'],
  payloadWork: ['checksum', 'cipher'],
  full: { replicas: [1, 2, 4, 64], draws: 3, checkDraws: 3, repetitionsPerRound: 1 },
  quick: { replicas: [1, 2], draws: 1, checkDraws: 1, repetitionsPerRound: 2 },
}

export const machine: Machine = {
  cores: 2,
  cpuModel: 'Test processor',
  memoryBytes: 8 * 2 ** 30,
  kernel: '6.1.0',
  architecture: 'x64',
  nodeVersion: 'v26.0.0',
  dockerVersion: '27.0.0',
}

/** A folder that is gone when the test has finished. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}
