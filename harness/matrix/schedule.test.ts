import { expect, test } from 'vitest'
import { smallDefinition } from '../testing/fixtures.ts'
import { expand } from './expand.ts'
import type { Cell } from './experiment.ts'
import { schedule } from './schedule.ts'

const experiment = expand(smallDefinition)
const count = experiment.cells.length
const cellsOf = (samples: ReturnType<typeof schedule>, round: number) =>
  samples.filter((sample) => sample.round === round).map((sample) => sample.cell.id)

test('every round holds every cell once', () => {
  const samples = schedule([experiment], 'full', 1)
  expect(samples).toHaveLength(7 * count)
  const all = experiment.cells.map((cell) => cell.id).sort()
  for (let round = 0; round < 7; round += 1) expect(cellsOf(samples, round).sort()).toEqual(all)
})

test('rounds follow one another, so that cells of one round are neighbours in time', () => {
  const rounds = schedule([experiment], 'full', 1).map((sample) => sample.round)
  expect(rounds).toEqual([...rounds].sort((a, b) => a - b))
})

test('no cell is first twice before all were', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const samples = schedule([experiment], 'full', seed)
    const firsts = Array.from({ length: count }, (_, round) => cellsOf(samples, round)[0])
    expect(new Set(firsts).size).toBe(count)
  }
})

test('cells that are compared with each other come one after another, in an order that changes', () => {
  const samples = schedule([experiment], 'full', 1)
  const workOf = ({ factors }: Cell) => (factors.strategy === 'linux' ? 'linux' : factors.payloadWork)
  const seen = new Set<string>()
  for (let round = 0; round < 7; round += 1) {
    const works = samples.filter((sample) => sample.round === round).map(({ cell }) => workOf(cell))
    const runs = works.filter((work, k) => work !== works[k - 1])
    expect(runs).toEqual([...new Set(runs)])
    seen.add(runs.join())
  }
  expect(seen.size).toBeGreaterThan(1)
})

test('what a cost is counted on and its counterpart are neighbours', () => {
  const cells = [
    {
      strategy: ['replicated'],
      replicas: [1, 2],
      payloadWork: ['cipher', 'checksum'],
      digests: ['on', 'off'],
    },
  ]
  const verdict = { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 } as const
  const costly = expand({ ...smallDefinition, cells, verdict } as typeof smallDefinition)
  const samples = schedule([costly], 'full', 1).map(({ cell: { factors } }) => factors)
  for (let at = 0; at < samples.length; at += 2) {
    const [one, next] = samples.slice(at, at + 2).map((factors) => ({ ...factors, digests: undefined }))
    expect(one).toEqual(next)
  }
})

test('a seed repeats the order, another seed changes it', () => {
  const order = (seed: number) => schedule([experiment], 'full', seed).map((sample) => sample.cell.id)
  expect(order(5)).toEqual(order(5))
  expect(order(5)).not.toEqual(order(6))
})

test('every sample has a seed of its own', () => {
  const samples = schedule([experiment], 'full', 1)
  expect(new Set(samples.map((sample) => sample.seed)).size).toBe(samples.length)
})
