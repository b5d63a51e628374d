import { expect, test } from 'vitest'
import { smallDefinition } from '../testing/fixtures.ts'
import { expand } from './expand.ts'
import type { Cell, Experiment } from './experiment.ts'
import { cellsOfRound, seedOfSample } from './schedule.ts'

const experiment = expand(smallDefinition)
const count = experiment.cells.length
const rounds = Array.from({ length: 7 }, (_, round) => round)
const idsOf = (round: number, seed = 1) => cellsOfRound(experiment, round, seed).map(({ id }) => id)

test('every round holds every cell once', () => {
  const all = experiment.cells.map(({ id }) => id).sort()
  for (const round of rounds) expect(idsOf(round).sort()).toEqual(all)
})

test('no cell is first twice before all were', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const firsts = Array.from({ length: count }, (_, round) => idsOf(round, seed)[0])
    expect(new Set(firsts).size).toBe(count)
  }
})

test('cells that are compared with each other come one after another, in an order that changes', () => {
  const workOf = ({ factors }: Cell) => (factors.strategy === 'linux' ? 'linux' : factors.payloadWork)
  const seen = new Set<string>()
  for (const round of rounds) {
    const works = cellsOfRound(experiment, round, 1).map(workOf)
    const runs = works.filter((work, k) => work !== works[k - 1])
    expect(runs).toEqual([...new Set(runs)])
    seen.add(runs.join())
  }
  expect(seen.size).toBeGreaterThan(1)
})

const compared = { factor: 'digests', of: 'on', over: 'off', atMost: 0.03 } as const

test.each([
  { kind: 'cost', ...compared },
  { kind: 'contrast', ...compared },
] as const)('cells that a $kind compares are neighbours', (verdict) => {
  const cells = [
    {
      strategy: ['replicated'],
      replicas: [1, 2],
      payloadWork: ['cipher', 'checksum'],
      digests: ['on', 'off'],
    },
  ]
  const comparing = expand({ ...smallDefinition, cells, verdict } as typeof smallDefinition)
  for (const round of rounds) {
    const factors = cellsOfRound(comparing, round, 1).map((cell) => ({ ...cell.factors, digests: undefined }))
    for (let at = 0; at < factors.length; at += 2) expect(factors[at]).toEqual(factors[at + 1])
  }
})

test('a seed repeats the order, another seed changes it', () => {
  const order = (seed: number) => rounds.map((round) => idsOf(round, seed))
  expect(order(5)).toEqual(order(5))
  expect(order(5)).not.toEqual(order(6))
})

test('every sample has a seed of its own, also one that is taken again', () => {
  const seeds = rounds.flatMap((round) =>
    experiment.cells.flatMap((cell) =>
      [0, 1].map((attempt) => seedOfSample(1, experiment as Experiment, cell, round, attempt)),
    ),
  )
  expect(new Set(seeds).size).toBe(seeds.length)
})
