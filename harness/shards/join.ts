/**
 * The run that shards make together, as if one machine had measured it. Pure. Samples keep their rounds and seeds, which do
 * not depend on the division. Invariant: `order` counts all samples from 0, experiment by experiment, each in rounds.
 */
import type { Experiment } from '../matrix/experiment.ts'
import type { Machine, Manifest, Shard } from '../result/manifest.ts'
import type { PredictionLine } from '../result/prediction.ts'
import type { Sample } from '../result/sample.ts'
import type { ShardRun } from './agreement.ts'

/** All but the run's name. */
export function joinManifests(shards: readonly ShardRun[]): Omit<Manifest, 'run'> {
  const manifests = shards.map(({ manifest }) => manifest)
  const { shard, ...common } = manifests[0] as (typeof manifests)[number]
  return {
    ...common,
    startedAt: least(manifests.map(({ startedAt }) => startedAt)),
    resumedAt: manifests.flatMap(({ resumedAt }) => resumedAt).toSorted(),
    endedAt:
      manifests
        .map(({ endedAt }) => endedAt)
        .toSorted()
        .at(-1) ?? null,
    complete: manifests.every(({ complete }) => complete),
    remarks: manifests.flatMap(({ remarks, shard: each }) => ofShard(each, remarks)),
    notices: manifests.flatMap(({ notices, shard: each }) => ofShard(each, notices)),
    machine: describeTogether(manifests.map(({ machine }) => machine)),
    topologies: joinFacts(manifests.map(({ topologies }) => topologies)),
    commands: manifests.flatMap(({ commands }) => commands).toSorted((a, b) => compare(a.at, b.at)),
    experiments: joinExperiments(manifests, shard.cells),
    samplesPlanned: manifests.reduce((sum, { samplesPlanned }) => sum + samplesPlanned, 0),
    mergedFrom: manifests.map(({ shard: { index }, run, startedAt, endedAt, machine, experiments }) => ({
      index,
      run,
      startedAt,
      endedAt,
      machine,
      cells: Object.fromEntries(experiments.map(({ id, cells }) => [id, cells.map((cell) => cell.id)])),
    })),
  }
}

function ofShard({ index, count }: Shard, sentences: readonly string[]): string[] {
  return sentences.map((sentence) => `Shard ${index} of ${count}: ${sentence}`)
}

export function joinSamples(shards: readonly ShardRun[]): Sample[] {
  const places = placesOf(shards)
  return shards
    .flatMap(({ samples }, shard) => samples.map((sample) => ({ sample, shard })))
    .toSorted(
      (a, b) =>
        placeOf(places, a.sample) - placeOf(places, b.sample) ||
        a.sample.round - b.sample.round ||
        a.shard - b.shard ||
        a.sample.order - b.sample.order,
    )
    .map(({ sample }, order) => ({ ...sample, order }))
}

export function joinPredictions(shards: readonly ShardRun[]): PredictionLine[] {
  const places = placesOf(shards)
  return shards
    .flatMap(({ predictions }) => predictions)
    .toSorted((a, b) => placeOf(places, a) - placeOf(places, b))
}

/** Of unlike machines: what all of them have at least, and all names. So they cannot be taken for one of them. */
function describeTogether(machines: readonly Machine[]): Machine {
  const text = (name: 'cpuModel' | 'kernel' | 'architecture' | 'nodeVersion') =>
    alternatives(machines.map((machine) => machine[name]))
  const versions = machines.map(({ dockerVersion }) => dockerVersion).filter((version) => version !== null)
  return {
    cores: Math.min(...machines.map(({ cores }) => cores)),
    cpuModel: text('cpuModel'),
    memoryBytes: Math.min(...machines.map(({ memoryBytes }) => memoryBytes)),
    kernel: text('kernel'),
    architecture: text('architecture'),
    nodeVersion: text('nodeVersion'),
    dockerVersion: versions.length === 0 ? null : alternatives(versions),
  }
}

function joinFacts(all: readonly Manifest['topologies'][]): Manifest['topologies'] {
  const joined: Record<string, Record<string, string>> = {}
  for (const topology of new Set(all.flatMap((each) => Object.keys(each)))) {
    const facts = all.map((each) => each[topology] ?? {})
    const names = new Set(facts.flatMap((each) => Object.keys(each)))
    joined[topology] = Object.fromEntries(
      [...names].map((name) => [name, alternatives(facts.flatMap((each) => each[name] ?? []))]),
    )
  }
  return joined
}

/** The experiments of the whole matrix, each with all its cells in their order. */
function joinExperiments(
  manifests: readonly ShardRun['manifest'][],
  cells: ShardRun['manifest']['shard']['cells'],
): Experiment[] {
  return Object.entries(cells).flatMap(([id, order]) => {
    const parts = manifests.flatMap(({ experiments }) => experiments.filter((each) => each.id === id))
    const known = new Map(parts.flatMap((part) => part.cells.map((cell) => [cell.id, cell] as const)))
    return parts.slice(0, 1).map((part) => ({
      ...part,
      cells: order.flatMap((cell) => known.get(cell) ?? []),
    }))
  })
}

function placesOf([first]: readonly ShardRun[]): readonly string[] {
  return Object.keys(first?.manifest.shard.cells ?? {})
}

function placeOf(places: readonly string[], { experiment }: { readonly experiment: string }): number {
  return places.indexOf(experiment)
}

function alternatives(values: readonly string[]): string {
  return [...new Set(values)].join(' or ')
}

function least(times: readonly string[]): string {
  return times.reduce((earliest, time) => (time < earliest ? time : earliest))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
