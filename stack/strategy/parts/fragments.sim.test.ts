/** Packets larger than a frame, in and out, through every strategy. */
import { describe, expect, test } from 'vitest'
import { Random } from '../../device/random.ts'
import { Killer } from '../../dominoes/testing/killing.ts'
import type { StrategyOption } from '../options.ts'
import { holdConnections } from '../testing/compliance-world.ts'
import { exchangePings } from '../testing/ping-world.ts'

const strategies: StrategyOption[] = [{ kind: 'sequential' }]
for (const count of [1, 2, 4]) {
  strategies.push(
    { kind: 'replicated', replicas: count },
    { kind: 'locked', workers: count },
    { kind: 'sharded', workers: count },
    { kind: 'pipelined', workers: count },
  )
}
strategies.push(
  { kind: 'replicated', replicas: 2, emission: 'ordered' },
  { kind: 'replicated', replicas: 2, reader: 'dedicated' },
  { kind: 'replicated', replicas: 4, claim: 'request' },
)

/** Payloads from less than a frame to the largest packet there is. */
const sizes = [8, 1472, 1473, 4000, 20_000, 65_507, 20_000, 8]

describe.each(strategies)('%o', (strategy) => {
  test('answers pings of every size byte for byte (RFC 1122 section 3.2.2.6, EMTU_R)', () => {
    for (let seed = 1; seed <= 2; seed++) {
      const plan = { sizes, intervalMicros: 1000, isDisordered: seed % 2 === 0 }
      expect({ seed, problems: exchangePings(seed, strategy, plan) }).toEqual({ seed, problems: [] })
    }
  })

  test('answers a large ping once a second for ever, with nothing else going on', () => {
    const plan = { sizes: Array<number>(80).fill(20_000), intervalMicros: 1e6, isDisordered: false }
    expect(exchangePings(5, strategy, plan)).toEqual([])
  })

  test('what is still being answered is not overwritten by what comes next', () => {
    const sizes = Array<number>(100).fill(20_000)
    // Where one thread stands still, what the others have answered keeps its room, and there may be none for a new one.
    const plan = { sizes, intervalMicros: 0, window: 20, lossLimit: 5, isDisordered: false }
    for (let seed = 6; seed <= 7; seed++) {
      expect({ seed, problems: exchangePings(seed, strategy, plan) }).toEqual({ seed, problems: [] })
    }
  })

  test('takes segments that a router cut, both ways', () => {
    const plan = { number: 1, upBytes: 40_000, downBytes: 40_000, closesFirst: 'both' } as const
    for (const isImpaired of [false, true]) {
      const outcome = holdConnections(9, [strategy, strategy], [plan], isImpaired, 552)
      expect(outcome.problems).toEqual([])
    }
  })
})

test('a replica that is killed while it joins or answers leaves a store that works, and at most one ping unanswered', () => {
  const strategy: StrategyOption = { kind: 'replicated', replicas: 3 }
  const plan = {
    sizes: Array<number>(60).fill(20_000),
    intervalMicros: 1000,
    lossLimit: 3,
    isDisordered: true,
  }
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed)
    const killer = new Killer(random.below(6000))
    const deaths = [{ replica: random.below(3), killer, comesBack: seed % 2 === 0 }]
    expect({ seed, problems: exchangePings(seed, strategy, plan, deaths) }).toEqual({ seed, problems: [] })
  }
})
