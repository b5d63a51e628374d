import { describe, expect, test } from 'vitest'
import { stackSpecSchema } from '../agent/stack-spec.ts'
import { strategySchema } from '../matrix/factor.ts'
import {
  type FactorName,
  type Factors,
  type FactorValue,
  factorNames,
  factorSchemas,
} from '../matrix/factors.ts'
import { isReadByStrategy, isReadByWorkload } from '../matrix/scope.ts'
import {
  specificationOf,
  type WorkloadName,
  type WorkloadSettings,
  workloadNames,
} from '../workload/workloads.ts'
import { planCell } from './cell-plan.ts'

/** Values to try of factors whose schema does not list its values; of other factors all values are tried. */
const examples: { readonly [Name in FactorName]?: readonly FactorValue[] } = {
  replicas: [1, 2, 64],
  chunk: [1, 8, 1024],
  checkAhead: [0, 16, 1024],
  slotCount: [64, 1024],
  connections: [1, 8],
  writeBytes: [1024, 65_536],
  workRatio: [0.1, 0.9],
  publishBatch: [1, 16],
  stateLines: [0, 64],
  messageBytes: [1, 65_536],
  depth: [1, 32],
  datagramBytes: [64, 1472],
  bodyBytes: [1, 65_536],
  offeredPerSecond: [0, 100_000],
  segmentBytes: [536, 1460, 8960],
  topology: ['tap', 'veth-packet'],
  peer: ['linux', 'sequential', 'replicated-1', 'replicated-2', 'locked-2'],
  impairment: [{}, { lossProbability: 0.01 }, { delayMicros: 5000 }, { rateBitsPerSecond: 1e6 }],
}

const bytes = {
  checksum: 1000,
  copy: 1000,
  cipher: 1000,
  linux: 1000,
  gvisor: 1000,
  pasta: 1000,
  slirp4netns: 1000,
}
const settings: { readonly [Name in WorkloadName]: Extract<WorkloadSettings, { kind: Name }> } = {
  'beside-linux': { kind: 'beside-linux', seconds: 1, warmupSeconds: 0 },
  bidirectional: { kind: 'bidirectional', transferBytes: bytes, warmupBytes: bytes },
  bulk: { kind: 'bulk', direction: 'send', transferBytes: bytes, warmupBytes: bytes },
  channel: { kind: 'channel', requests: 1000, warmupRequests: 1000 },
  ctp: { kind: 'ctp', seconds: 1, warmupSeconds: 1 },
  datagrams: { kind: 'datagrams', seconds: 1, warmupSeconds: 1 },
  http: { kind: 'http', seconds: 1, warmupSeconds: 1 },
  iperf3: { kind: 'iperf3', transferBytes: bytes, warmupBytes: bytes },
  model: { kind: 'model', requests: 1000, warmupRequests: 1000 },
  'open-loop': { kind: 'open-loop', seconds: 1, warmupSeconds: 1 },
  reordering: { kind: 'reordering', transferBytes: bytes, warmupBytes: bytes },
  'request-response': { kind: 'request-response', seconds: 1, warmupSeconds: 1 },
  windows: { kind: 'windows', transferBytes: 1000 },
  'sender-windows': { kind: 'sender-windows', seconds: 1, warmupSeconds: 0 },
}

function valuesOf(name: FactorName): readonly FactorValue[] {
  const schema = factorSchemas[name]
  return 'options' in schema ? schema.options : (examples[name] ?? [])
}

/** A cell of this strategy and workload with only the factors that it needs. */
function leastCell(strategy: Factors['strategy'], workload: WorkloadName): Factors {
  const specification = specificationOf(settings[workload])
  const needed: FactorName[] = ['replicas', 'payloadWork', ...specification.factors.required]
  const read = needed.filter(
    (name) => isReadByStrategy(name, strategy) && isReadByWorkload(name, specification),
  )
  const values = read.map((name) => [name, valuesOf(name)[0]])
  return { strategy, topology: 'tap', ...Object.fromEntries(values) }
}

describe('every factor of the schema is read by what runs it', () => {
  const kinds = workloadNames.flatMap((workload) => {
    const specification = specificationOf(settings[workload])
    return factorNames
      .filter((name) => isReadByWorkload(name, specification))
      .flatMap((name) =>
        specification.strategies
          .filter((strategy) => isReadByStrategy(name, strategy))
          .map((strategy) => ({ name, strategy, workload })),
      )
  })

  test.each(kinds)(
    '$name of $strategy, $workload: two values are never one plan',
    ({ name, strategy, workload }) => {
      const values = name === 'strategy' ? [strategy] : valuesOf(name)
      expect(values.length).toBeGreaterThan(name === 'strategy' ? 0 : 1)
      const plans = values.map((value) =>
        JSON.stringify(
          planCell({ ...leastCell(strategy, workload), [name]: value } as Factors, settings[workload]),
        ),
      )
      expect(new Set(plans).size).toBe(values.length)
    },
  )

  test('two strategies are never one plan', () => {
    const strategies = strategySchema.options
    const plans = strategies.map((strategy) =>
      JSON.stringify(planCell(leastCell(strategy, 'bulk'), settings.bulk)),
    )
    expect(new Set(plans).size).toBe(strategies.length)
  })

  test('every factor is read by some workload, and there are values to try', () => {
    expect(new Set(kinds.map(({ name }) => name))).toEqual(new Set(factorNames))
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
  const plan = planCell({ payloadWork: 'cipher', topology: 'tap', ...factors }, settings.bulk)
  expect(plan).toMatchObject({ kind: 'stack', stack: { strategy, payloadWork: 'cipher' } })
  if (plan.kind === 'stack') stackSpecSchema.parse({ ...plan.stack, address: '10.77.0.1/24' })
})

test('a peer that is a stack has a strategy of its own, and the same payload work', () => {
  const cell: Factors = { strategy: 'sequential', payloadWork: 'cipher', topology: 'tap-pair' }
  const peerOf = (peer: string) => {
    const plan = planCell({ ...cell, peer }, settings.bulk)
    return plan.kind === 'stack' ? plan.peer : undefined
  }
  expect(peerOf('replicated-2')).toEqual({
    strategy: { kind: 'replicated', replicas: 2 },
    payloadWork: 'cipher',
  })
  expect(peerOf('locked-3')?.strategy).toEqual({ kind: 'locked', workers: 3 })
  expect(peerOf('linux')).toBeUndefined()
})

test('a TAP has a queue for each replica that reads its own, and one otherwise', () => {
  const factors: Factors = { strategy: 'replicated', replicas: 3, payloadWork: 'copy', topology: 'tap' }
  expect(planCell({ ...factors, reader: 'per-queue' }, settings.bulk).testbed.tapQueues).toBe(3)
  expect(planCell({ ...factors, reader: 'rotating' }, settings.bulk).testbed.tapQueues).toBeUndefined()
})

test('another stack has containers of its own; the kernel’s own shares those of every Linux host', () => {
  const planOf = (strategy: Factors['strategy'], topology: string) =>
    planCell({ strategy, topology, offload: 'on' }, settings.bulk)
  expect(planOf('gvisor', 'tap')).toMatchObject({
    kind: 'other',
    name: 'gvisor',
    testbed: { topology: 'tap', otherStack: 'gvisor', offloads: 'on' },
  })
  const linux = planOf('linux', 'veth')
  expect(linux).toMatchObject({ kind: 'other', name: 'linux' })
  expect(linux.testbed).toEqual({ topology: 'veth', offloads: 'on' })
})

test('a cell’s own direction takes the place of the experiment’s', () => {
  const cell: Factors = { strategy: 'sequential', payloadWork: 'copy', topology: 'tap' }
  const receiving = { ...settings.bulk, direction: 'receive' } as const
  expect(planCell(cell, receiving).work.options).toMatchObject({ direction: 'receive' })
  expect(planCell({ ...cell, direction: 'send' }, receiving).work.options).toMatchObject({
    direction: 'send',
  })
})

test('segments of 1000 bytes are those of a link with an MTU of 1040', () => {
  const cell: Factors = { strategy: 'linux', topology: 'veth', segmentBytes: 1000 }
  expect(planCell(cell, settings.bulk).testbed.mtuBytes).toBe(1040)
})
