import { describe, expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { Killer } from '../../dominoes/testing/killing.ts'
import type { StrategyOption } from '../../strategy/options.ts'
import { simulateTransfer } from '../testing/transfer-simulation.ts'
import type { Death } from './deaths.ts'

const seeds = process.env.SOAK === undefined ? 60 : 2500
const replicated = (replicas: number): StrategyOption => ({ kind: 'replicated', replicas })

/** One replica of each host dies, at a step that the seed draws: some at once, some in the midst, some never. */
function drawDeaths(seed: number, replicas: number, comesBack: boolean): [Death[], Death[]] {
  const random = new Random(seed)
  const draw = (limit: number) => (random.next() >>> 0) % limit
  const death = (): Death[] => [
    { replica: draw(replicas), killer: new Killer(draw(draw(4) === 0 ? 300 : 20_000)), comesBack },
  ]
  return [death(), death()]
}

/** How many of a seed's two deaths happened; a step beyond the transfer's end kills no replica. */
function countDead(deaths: readonly (readonly Death[])[]): number {
  return deaths.flat().filter(({ killer }) => killer.isDead).length
}

describe.each([2, 3])(
  'a replica of each of two hosts with %i is killed in the midst of a transfer',
  (replicas) => {
    const strategies = [replicated(replicas), replicated(replicas)] as const

    it('and no byte is lost', () => {
      let dead = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const deaths = drawDeaths(seed, replicas, false)
        const { problems } = simulateTransfer(seed, strategies, true, {}, undefined, deaths)
        expect({ seed, problems }).toEqual({ seed, problems: [] })
        dead += countDead(deaths)
      }
      expect(dead).toBeGreaterThan(seeds)
    })

    it('and comes back: no byte is lost, and its state is that of the others again', () => {
      let dead = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const deaths = drawDeaths(seed, replicas, true)
        const { problems, digestsCompared } = simulateTransfer(seed, strategies, true, {}, undefined, deaths)
        expect({ seed, problems }).toEqual({ seed, problems: [] })
        expect(digestsCompared).toBeGreaterThan(0)
        dead += countDead(deaths)
      }
      expect(dead).toBeGreaterThan(seeds)
    })
  },
)

it('the replica that takes a connect request is killed before each of its first steps, and the request is taken once', () => {
  for (let operations = 0; operations < 150; operations++) {
    const deaths = [0, 1].map((replica) => ({ replica, killer: new Killer(operations), comesBack: true }))
    const one = deaths[operations % 2] as Death
    const { problems } = simulateTransfer(5, [replicated(2), replicated(1)], false, {}, undefined, [
      [one],
      [],
    ])
    expect({ operations, problems }).toEqual({ operations, problems: [] })
    expect(one.killer.isDead).toBe(true)
  }
})
