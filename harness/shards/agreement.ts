/**
 * Whether runs are the shards of one matrix. Pure. Everything that the numbers depend on has to be the same in all of
 * them: else the tables of the merged run would compare what was measured under unlike conditions, and nobody would see.
 *
 * Machines may differ only if the caller says so. No ratio is formed across machines then either, since a unit of cells
 * is in one shard; but rates of unlike machines stand in one table, and the report has to say which are whose.
 */
import { isDeepStrictEqual } from 'node:util'
import { HarnessError } from '../error.ts'
import { kindFields, type Manifest, type Shard } from '../result/manifest.ts'
import { manifestName, type Run } from '../result/store.ts'
import { isFinished } from '../runner/resume.ts'

/** A run that is one part of a matrix. */
export interface ShardRun extends Run {
  readonly manifest: Manifest & { readonly shard: Shard }
}

/** The shards in order. Throws HarnessError if they are not all shards of one matrix, each there once and finished. */
export function requireShards(runs: readonly Run[], allowMixed: boolean): ShardRun[] {
  const shards = runs.map(asShard)
  if (shards.length === 0)
    throw new HarnessError('There is nothing to merge.', 'make merge RUNS="<folder> <folder> …"')
  // Each with each: the first may lack what two others disagree on, such as an experiment or a topology.
  shards.forEach((one, index) => {
    for (const other of shards.slice(index + 1)) requireAgreement(one, other, allowMixed)
  })
  requireAll(shards)
  for (const shard of shards) requireFinished(shard)
  return shards.toSorted((a, b) => a.manifest.shard.index - b.manifest.shard.index)
}

function asShard(run: Run): ShardRun {
  const { shard, ...manifest } = run.manifest
  if (shard !== undefined) return { ...run, manifest: { ...manifest, shard } }
  throw new HarnessError(
    manifest.mergedFrom === undefined
      ? `${run.folder} is a run of its own and no shard: its ${manifestName} has no field "shard".`
      : `${run.folder} is merged already.`,
    'Name only folders of runs that were measured with SHARD=i/n.',
  )
}

interface Check {
  readonly field: string
  readonly value: (manifest: ShardRun['manifest']) => unknown
  readonly remedy: string
}

const again = 'measure again the shards that differ'

const checks: readonly Check[] = [
  {
    field: 'profile',
    value: ({ profile }) => profile,
    remedy: `Choose one PROFILE for all, and ${again}.`,
  },
  {
    field: 'source.commit',
    // A source of which git tells nothing is equal to none.
    value: ({ source, run }) => source.commit ?? `unknown, of ${run}`,
    remedy: `Check out the same commit everywhere, and ${again}.`,
  },
  {
    field: 'source.changes',
    // Changes without a name are equal to none, not even to others without one.
    value: ({ source, run }) => (source.dirty ? (source.changes ?? `unknown, of ${run}`) : null),
    remedy: `Commit the changes, check out that commit everywhere, and ${again}.`,
  },
  {
    field: 'shard.count',
    value: ({ shard }) => shard.count,
    remedy: 'Merge shards of one division: all of SHARD=i/n have the same n.',
  },
  {
    field: 'shard.cells',
    value: ({ shard }) => shard.cells,
    remedy: `Measure the same experiments everywhere (EXPERIMENT, and the files in experiments/), and ${again}.`,
  },
  {
    field: 'seed',
    value: ({ seed }) => seed,
    remedy: `Give the same SEED everywhere, or none: it follows from the experiments then; and ${again}.`,
  },
  {
    field: 'budgetMinutes',
    value: ({ budgetMinutes }) => budgetMinutes,
    remedy: `Give the same BUDGET everywhere, or none, and ${again}.`,
  },
  {
    field: 'records',
    value: ({ records }) => records,
    remedy: `Say RECORD=1 everywhere or nowhere, and ${again}.`,
  },
]

const mixedRemedy =
  'Measure all shards on machines of one kind; or say MIXED=1: ratios are formed within a machine, and the report says what was measured where.'

function requireAgreement(first: ShardRun, other: ShardRun, allowMixed: boolean): void {
  const refuse = (field: string, one: unknown, two: unknown, remedy: string): never => {
    throw new HarnessError(
      `These shards do not belong together: "${field}" is ${tell(one)} in ${fileOf(first)}, and ${tell(two)} in ${fileOf(other)}.`,
      remedy,
    )
  }
  for (const { field, value, remedy } of checks) {
    const [one, two] = [value(first.manifest), value(other.manifest)]
    if (!isDeepStrictEqual(one, two)) refuse(field, one, two, remedy)
  }
  for (const one of first.manifest.experiments) {
    const two = other.manifest.experiments.find(({ id }) => id === one.id)
    if (two === undefined) continue
    const at = Object.keys({ ...one, ...two }) as (keyof typeof one)[]
    const differing = at.find((name) => name !== 'cells' && !isDeepStrictEqual(one[name], two[name]))
    if (differing === undefined) continue
    const remedy = `Use the same experiments/${one.id}.ts everywhere, and ${again}.`
    refuse(`experiments.${one.id}.${differing}`, one[differing], two[differing], remedy)
  }
  if (allowMixed) return
  for (const name of kindFields) {
    const [one, two] = [first.manifest.machine[name], other.manifest.machine[name]]
    if (one !== two) refuse(`machine.${name}`, one, two, mixedRemedy)
  }
  for (const [topology, facts] of Object.entries(first.manifest.topologies)) {
    const theirs = other.manifest.topologies[topology]
    if (theirs === undefined) continue
    const name = Object.keys({ ...facts, ...theirs }).find((each) => facts[each] !== theirs[each])
    if (name !== undefined) refuse(`topologies.${topology}.${name}`, facts[name], theirs[name], mixedRemedy)
  }
}

function requireAll(shards: readonly ShardRun[]): void {
  const { count, cells } = (shards[0] as ShardRun).manifest.shard
  for (let index = 1; index <= count; index += 1) {
    const [one, two] = shards.filter(({ manifest }) => manifest.shard.index === index)
    if (one === undefined) {
      throw new HarnessError(
        `Shard ${index} of ${count} is missing.`,
        `Measure it with SHARD=${index}/${count} and what else the others were measured with, and name its folder, too.`,
      )
    }
    if (two !== undefined) {
      throw new HarnessError(
        `Shard ${index} of ${count} is there twice: ${one.folder} and ${two.folder}.`,
        'Leave one of the two out.',
      )
    }
  }
  for (const [experiment, ids] of Object.entries(cells)) {
    for (const cell of ids) requireOnce(shards, experiment, cell)
  }
}

/** A division by other code may leave a cell out, or measure it twice. */
function requireOnce(shards: readonly ShardRun[], experiment: string, cell: string): void {
  const holders = shards.filter(({ manifest }) =>
    manifest.experiments.some(({ id, cells }) => id === experiment && cells.some((each) => each.id === cell)),
  )
  if (holders.length === 1) return
  const where = holders.length === 0 ? 'no shard' : holders.map(({ folder }) => folder).join(' and ')
  throw new HarnessError(
    `Cell ${cell} of ${experiment} was measured by ${where}.`,
    'The shards were divided by different code: check out one commit everywhere, and measure again.',
  )
}

function requireFinished(shard: ShardRun): void {
  if (isFinished(shard)) return
  const { samplesPlanned, shard: place } = shard.manifest
  throw new HarnessError(
    `Shard ${place.index} of ${place.count} is not finished: ${shard.folder} has ${shard.samples.length} of at least ${samplesPlanned} samples.`,
    'Type its command again on its machine: it goes on where it stopped.',
  )
}

function fileOf({ folder }: Run): string {
  return `${folder}/${manifestName}`
}

/** A value in a sentence; long ones are cut. */
function tell(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`
}
