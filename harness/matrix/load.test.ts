import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { experimentsFolder } from '../cli/paths.ts'
import { HarnessError } from '../error.ts'
import { smallDefinition, smallPlan, temporaryFolder } from '../testing/fixtures.ts'
import { loadExperiments, selectExperiments } from './load.ts'

async function folderWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    const text =
      typeof content === 'string' ? content : `export const experiment = ${JSON.stringify(content)}\n`
    await writeFile(join(folder, name), text)
  }
  return folder
}

async function refusal(files: Readonly<Record<string, unknown>>): Promise<HarnessError> {
  const error = await loadExperiments(await folderWith(files)).catch((thrown: unknown) => thrown)
  if (error instanceof HarnessError) return error
  throw new Error(`expected a HarnessError, got ${String(error)}`)
}

const changed = (changes: object) => ({ 'small.ts': { ...smallDefinition, ...changes } })

test('the experiments of the project are valid', async () => {
  const experiments = await loadExperiments(experimentsFolder)
  expect(experiments.map((experiment) => experiment.id)).toEqual(
    expect.arrayContaining(['tcp-receive', 'tcp-send']),
  )
})

test('a valid folder loads, and other files in it do not matter', async () => {
  const folder = await folderWith({ 'small.ts': smallDefinition, 'README.md': 'text' })
  expect((await loadExperiments(folder)).map((experiment) => experiment.id)).toEqual(['small'])
})

const mistakes: readonly (readonly [name: string, files: Record<string, unknown>, ...said: string[]])[] = [
  ['an unknown field', changed({ colour: 'blue' }), 'small.ts: colour: unknown field'],
  [
    'an unknown factor',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['none'], speed: [1] }] }),
    'small.ts: cells[0].speed: unknown factor (known are strategy, replicas, payloadWork,',
  ],
  [
    'an unknown value',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['encrypt'] }] }),
    'small.ts: cells[0].payloadWork[0]: unknown value "encrypt" (use one of "none", "checksum", "copy", "digest", "cipher")',
  ],
  ['a missing field', changed({ question: undefined }), 'small.ts: question: missing (experiments/README.md'],
  [
    'a missing strategy',
    changed({ cells: [{ payloadWork: ['none'] }] }),
    'small.ts: cells[0].strategy: missing',
  ],
  ['an empty list', changed({ cells: [] }), 'small.ts: cells:'],
  [
    'a cost that no cell pays',
    changed({ verdict: { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 } }),
    'small.ts: verdict.of: no cell has digests "on" (list cells with digests "on" and "off", equal in everything else)',
  ],
  [
    'a cost without a counterpart',
    changed({ verdict: { kind: 'cost', factor: 'payloadWork', of: 'cipher', over: 'copy', atMost: 0.03 } }),
    'small.ts: verdict.over: cell "sequential-cipher-tap" has no counterpart with payloadWork "copy"',
  ],
  [
    'a verdict on predictions that nobody makes',
    changed({ verdict: { kind: 'prediction', median: 0.1, worst: 0.2 } }),
    'small.ts: predictions: missing, though the verdict is on predictions',
  ],
  [
    'predictions of what the virtual cores do not model',
    changed({ traffic: 'receive', predictions: smallPlan }),
    'small.ts: traffic: the virtual cores model sending only',
  ],
  [
    'an unknown field of a plan',
    changed({ predictions: { ...smallPlan, cores: 4 } }),
    'small.ts: predictions.cores: unknown field',
  ],
  ['too few rounds', changed({ rounds: { full: 3, quick: 1 } }), 'small.ts: rounds.full: must be at least 7'],
  ['an id that is not kebab-case', changed({ id: 'Small One' }), 'small.ts: id: must be kebab-case'],
  [
    'an id that is not the file name',
    { 'large.ts': smallDefinition },
    'large.ts: id: "small" is not the file\'s name (write "large", or rename the file to small.ts)',
  ],
  [
    'an id used twice',
    { 'other.ts': smallDefinition, 'small.ts': smallDefinition },
    'small.ts: id: "small" is also the id of',
    'other.ts',
  ],
  [
    'replicas for the sequential stack',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], replicas: [2] }] }),
    'small.ts: cells[0].replicas: strategies "sequential" and "linux" have no replicas',
  ],
  [
    'no replicas for the replicated stack',
    changed({ cells: [{ strategy: ['replicated'], payloadWork: ['checksum'] }] }),
    'small.ts: cells[0].replicas: missing for a strategy that works in parallel',
  ],
  [
    'a factor of another strategy',
    changed({
      cells: [
        {
          strategy: ['replicated', 'locked'],
          replicas: [1],
          emission: ['ordered'],
          payloadWork: ['checksum'],
        },
      ],
    }),
    'small.ts: cells[0].emission: is a factor of strategy "replicated" only',
  ],
  [
    'a ring that is no power of two',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], slotCount: [100] }] }),
    'small.ts: cells[0].slotCount[0]: must be a power of two',
  ],
  [
    'offload for our own stack',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], offload: ['on'] }] }),
    'small.ts: cells[0].offload: is a factor of strategy "linux" only',
  ],
  [
    'no baseline',
    changed({ cells: [{ strategy: ['replicated'], replicas: [1], payloadWork: ['checksum'] }] }),
    'small.ts: baselines: cell "replicated-n1-checksum-tap" has 0 baselines "sequential", not one',
  ],
  [
    'no transfer size for a payload work',
    changed({ transferBytes: { checksum: 1000, linux: 1000 } }),
    'small.ts: transferBytes.cipher: missing, though cell "sequential-cipher-tap" needs it',
  ],
  [
    'a file without an experiment',
    { 'small.ts': 'export const x = 1\n' },
    'small.ts exports no `experiment`.',
  ],
  ['a file that does not parse', { 'small.ts': 'export const = 1\n' }, 'small.ts cannot be loaded'],
]

for (const [name, files, ...said] of mistakes) {
  test(`${name} is refused, naming file, field and remedy`, async () => {
    const error = await refusal(files)
    for (const words of said) expect(error.reason).toContain(words)
    expect(error.remedy).not.toBe('')
  })
}

test('choosing an experiment that does not exist says which do', async () => {
  const experiments = await loadExperiments(await folderWith({ 'small.ts': smallDefinition }))
  expect(selectExperiments(experiments, 'small')).toHaveLength(1)
  expect(selectExperiments(experiments, undefined)).toHaveLength(1)
  expect(() => selectExperiments(experiments, 'smal')).toThrow(
    /no experiment "smal"[\s\S]*Choose one of: small/,
  )
})
