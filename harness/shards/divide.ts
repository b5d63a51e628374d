/**
 * The cells of one shard of a matrix. Pure, and a function of the definitions alone: machines that know the same
 * definitions agree on who measures what without talking. Invariant: the shards of one count share out every cell once.
 */
import { HarnessError } from '../error.ts'
import type { Experiment } from '../matrix/experiment.ts'
import type { Profile, Shard } from '../result/manifest.ts'
import { deriveSeed } from '../statistics/random.ts'
import { type Unit, unitsOf } from './units.ts'

/** Which of how many; from 1. */
export type ShardPlace = Pick<Shard, 'index' | 'count'>

export interface ShardPart {
  /** With the cells of this shard only; those that it has none of are left out. */
  readonly experiments: readonly Experiment[]
  readonly shard: Shard
}

/** `2/3`; undefined if the text is no place. */
export function parseShardPlace(text: string): ShardPlace | undefined {
  const [index, count] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text)?.slice(1).map(Number) ?? []
  return index === undefined || count === undefined || index > count ? undefined : { index, count }
}

/** Throws HarnessError if there is nothing to measure for some of the shards. */
export function shardOf(
  experiments: readonly Experiment[],
  profile: Profile,
  { index, count }: ShardPlace,
): ShardPart {
  const units = unitsOf(experiments, profile)
  if (units.length < count) {
    throw new HarnessError(
      `${count} shards are too many: these experiments fall into ${units.length} groups of cells that are compared with each other, and a group is measured on one machine.`,
      `Use SHARD=i/${units.length} at most, or more experiments.`,
    )
  }
  const own = share(units, count)[index - 1] ?? []
  const cellsOf = (experiment: Experiment) => {
    const ids = own.flatMap(({ parts }) =>
      parts
        .filter((part) => part.experiment === experiment)
        .flatMap(({ cells }) => cells.map(({ id }) => id)),
    )
    return experiment.cells.filter(({ id }) => ids.includes(id))
  }
  return {
    experiments: experiments
      .map((experiment) => ({ ...experiment, cells: cellsOf(experiment) }))
      .filter(({ cells }) => cells.length > 0),
    shard: {
      index,
      count,
      cells: Object.fromEntries(experiments.map(({ id, cells }) => [id, cells.map((cell) => cell.id)])),
    },
  }
}

/**
 * The largest unit first, each to the shard with the fewest samples so far. What a sample took is known to a machine only
 * once it has measured, and differs between machines: so samples are counted.
 */
function share(units: readonly Unit[], count: number): Unit[][] {
  const shards = Array.from({ length: count }, () => ({ units: [] as Unit[], samples: 0 }))
  for (const unit of units.toSorted((a, b) => b.samples - a.samples)) {
    const least = shards.reduce((best, each) => (each.samples < best.samples ? each : best))
    least.units.push(unit)
    least.samples += unit.samples
  }
  return shards.map((shard) => shard.units)
}

/** The seed of all shards, if none was asked for: it follows from what is measured. 32 bits, not negative. */
export function commonSeed(experiments: readonly Experiment[], profile: Profile): number {
  return deriveSeed(0, JSON.stringify({ profile, experiments }))
}
