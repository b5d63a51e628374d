import { describe, expect, test } from 'vitest'
import { stackSpecSchema } from '../agent/transfer-spec.ts'
import type { Traffic } from '../matrix/experiment.ts'
import {
  type FactorName,
  type Factors,
  type FactorValue,
  factorNames,
  factorSchemas,
} from '../matrix/factors.ts'
import { scopes } from '../matrix/scope.ts'
import { planCell } from './cell-plan.ts'

/** Values that are not listed in a schema; of the others all are tried. */
const examples: { readonly [Name in FactorName]?: readonly FactorValue[] } = {
  replicas: [1, 2, 64],
  chunk: [1, 8, 1024],
  slotCount: [64, 1024],
  connections: [1, 8],
  workRatio: [0.1, 0.9],
  segmentBytes: [536, 1460, 8960],
  topology: ['tap', 'veth-packet'],
  impairment: [{}, { lossProbability: 0.01 }, { delayMicros: 5000 }, { rateBitsPerSecond: 1e6 }],
}

function valuesOf(name: FactorName): readonly FactorValue[] {
  const schema = factorSchemas[name]
  return 'options' in schema ? schema.options : (examples[name] ?? [])
}

/** A cell of this strategy and traffic, with all that such a cell has to have. */
function leastCell(strategy: Factors['strategy'], traffic: Traffic): Factors {
  const needs = (name: FactorName) =>
    scopes[name].strategies.includes(strategy) && scopes[name].traffics.includes(traffic)
  return {
    strategy,
    topology: 'tap',
    ...(needs('replicas') ? { replicas: 2 } : {}),
    ...(needs('payloadWork') ? { payloadWork: 'checksum' } : {}),
    ...(needs('workRatio') ? { workRatio: 0.5 } : {}),
  }
}

describe('every factor of the schema is read by what runs it', () => {
  const kinds = factorNames.flatMap((name) =>
    scopes[name].traffics.flatMap((traffic) =>
      scopes[name].strategies
        .filter((strategy) => traffic !== 'synthetic' || scopes.workRatio.strategies.includes(strategy))
        .map((strategy) => ({ name, strategy, traffic })),
    ),
  )

  test.each(kinds)(
    '$name of $strategy, $traffic: two values are never one plan',
    ({ name, strategy, traffic }) => {
      const values = name === 'strategy' ? [strategy] : valuesOf(name)
      expect(values.length).toBeGreaterThan(name === 'strategy' ? 0 : 1)
      const plans = values.map((value) =>
        JSON.stringify(planCell({ ...leastCell(strategy, traffic), [name]: value } as Factors, traffic)),
      )
      expect(new Set(plans).size).toBe(values.length)
    },
  )

  test('two strategies are never one plan', () => {
    const { strategies } = scopes.strategy
    const plans = strategies.map((strategy) => JSON.stringify(planCell(leastCell(strategy, 'send'), 'send')))
    expect(new Set(plans).size).toBe(strategies.length)
  })

  test('there are values to try for each', () => {
    expect(factorNames.filter((name) => valuesOf(name).length < 2)).toEqual([])
  })
})

test.each<[Partial<Factors> & Pick<Factors, 'strategy'>, object]>([
  [{ strategy: 'sequential' }, { kind: 'sequential' }],
  [
    { strategy: 'replicated', replicas: 3, emission: 'ordered', chunk: 4 },
    { kind: 'replicated', replicas: 3, emission: 'ordered', chunk: 4 },
  ],
  [
    { strategy: 'locked', replicas: 2, lock: 'ticket' },
    { kind: 'locked', workers: 2, lock: 'ticket' },
  ],
])('%j becomes the stack’s option', (factors, strategy) => {
  const plan = planCell({ payloadWork: 'cipher', topology: 'tap', ...factors }, 'send')
  expect(plan).toMatchObject({ kind: 'stack', stack: { strategy, payloadWork: 'cipher' } })
  if (plan.kind === 'stack') stackSpecSchema.parse({ ...plan.stack, address: '10.77.0.1/24' })
})

test('a TAP has a queue for each replica that reads its own, and one otherwise', () => {
  const factors: Factors = { strategy: 'replicated', replicas: 3, payloadWork: 'copy', topology: 'tap' }
  expect(planCell({ ...factors, reader: 'per-queue' }, 'send').bench.tapQueues).toBe(3)
  expect(planCell({ ...factors, reader: 'rotating' }, 'send').bench.tapQueues).toBeUndefined()
})

test('a cell’s own traffic takes the place of the experiment’s', () => {
  const cell: Factors = { strategy: 'sequential', payloadWork: 'copy', topology: 'tap' }
  expect(planCell(cell, 'receive')).toMatchObject({ direction: 'receive' })
  expect(planCell({ ...cell, traffic: 'send' }, 'receive')).toMatchObject({ direction: 'send' })
})

test('segments of 1000 bytes are those of a link with an MTU of 1040', () => {
  const cell: Factors = { strategy: 'linux', topology: 'veth', segmentBytes: 1000 }
  expect(planCell(cell, 'send').bench.mtuBytes).toBe(1040)
})
