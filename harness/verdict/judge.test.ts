import { expect, test } from 'vitest'
import type { VerdictRule } from '../matrix/experiment.ts'
import type { Factors } from '../matrix/factors.ts'
import { machine } from '../testing/fixtures.ts'
import { judge } from './judge.ts'
import type { JudgedCell } from './judgement.ts'
import { judgedCell } from './testing/judged-cell.ts'

const rule = { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 } as const
const manyCores = { ...machine, cores: 8 }

function cell(
  payloadWork: Factors['payloadWork'] | undefined,
  replicas: number,
  low: number,
  median: number,
  high: number,
): JudgedCell {
  return judgedCell({
    factors: {
      strategy: 'replicated',
      replicas,
      topology: 'tap',
      ...(payloadWork === undefined ? {} : { payloadWork }),
    },
    speedupOverSequential: { low, median, high },
    roundsCompared: 9,
    speedupCoverage: 0.96,
  })
}

test('all kinds of communication gain: reproduced', () => {
  const cells = [cell('checksum', 2, 1.16, 1.2, 1.3), cell('cipher', 2, 1.7, 1.8, 1.9)]
  const { verdict, reasons } = judge(rule, cells, machine, 'goodput')
  expect(verdict).toBe('reproduced')
  expect(reasons).toEqual([
    'checksum: 2 replicas reach 1.20 times the sequential stack (1.16 … 1.30): at least the claimed 1.15.',
    'cipher: 2 replicas reach 1.80 times the sequential stack (1.70 … 1.90): at least the claimed 1.15.',
  ])
})

test('some gain: partly', () => {
  const cells = [cell('checksum', 2, 0.9, 1, 1.1), cell('cipher', 2, 1.7, 1.8, 1.9)]
  expect(judge(rule, cells, machine, 'goodput').verdict).toBe('partly')
})

test('none gains, on a machine with a core for the peer: not reproduced', () => {
  expect(judge(rule, [cell('checksum', 2, 0.9, 1, 1.1)], manyCores, 'goodput').verdict).toBe('not reproduced')
})

test('none gains, where replicas and peer share the cores: cannot tell', () => {
  const { verdict, reasons } = judge(rule, [cell('checksum', 2, 0.9, 1, 1.1)], machine, 'goodput')
  expect(verdict).toBe('cannot tell here')
  expect(reasons.at(-1)).toContain('2 cores cannot refute the claim')
})

test('an interval on both sides of the bound: cannot tell', () => {
  expect(judge(rule, [cell('checksum', 2, 1.1, 1.2, 1.3)], manyCores, 'goodput').verdict).toBe(
    'cannot tell here',
  )
})

test('each kind of communication is judged by its best number of replicas, never by one replica', () => {
  const cells = [
    cell('checksum', 1, 2, 2, 2),
    cell('checksum', 2, 1, 1.1, 1.14),
    cell('checksum', 4, 1.3, 1.4, 1.5),
  ]
  const { verdict, reasons } = judge(rule, cells, manyCores, 'goodput')
  expect(verdict).toBe('reproduced')
  expect(reasons[0]).toContain('4 replicas')
  expect(judge(rule, cells.slice(0, 1), manyCores, 'goodput').verdict).toBe('cannot tell here')
})

test('wrong bytes or differing states void the comparison, whatever its speed', () => {
  const cells = [{ ...cell('cipher', 2, 1.7, 1.8, 1.9), void: 1 }]
  expect(judge(rule, cells, manyCores, 'goodput')).toMatchObject({ verdict: 'cannot tell here' })
})

test('one round has no interval, and the verdict says so', () => {
  const cells = [{ ...cell('cipher', 2, 1.8, 1.8, 1.8), roundsCompared: 1, speedupCoverage: 0 }]
  const { verdict, reasons } = judge(rule, cells, manyCores, 'goodput')
  expect(verdict).toBe('cannot tell here')
  expect(reasons).toEqual([
    'cipher: 2 replicas reach 1.80 times the sequential stack (one round): fewer than 3 rounds could be compared.',
    'With one round there is no interval: nothing shows how large the noise is.',
  ])
})

test('two rounds are too few', () => {
  const cells = [{ ...cell('cipher', 2, 1.7, 1.8, 1.9), roundsCompared: 2, speedupCoverage: 0.5 }]
  expect(judge(rule, cells, manyCores, 'goodput').verdict).toBe('cannot tell here')
})

test('few rounds are said to be few', () => {
  const cells = [{ ...cell('cipher', 2, 1.7, 1.8, 1.9), roundsCompared: 3, speedupCoverage: 0.75 }]
  const { verdict, reasons } = judge(rule, cells, manyCores, 'goodput')
  expect(verdict).toBe('reproduced')
  expect(reasons.at(-1)).toContain('75 %')
})

test('a gain beyond the published range is said to be', () => {
  expect(judge(rule, [cell('cipher', 8, 4.2, 4.5, 4.8)], manyCores, 'goodput').reasons[0]).toContain(
    'beyond 4.00',
  )
})

test('kinds of communication are told apart by what they differ in', () => {
  const over = (topology: string, path: Partial<Factors>): JudgedCell => {
    const best = cell('cipher', 2, 1.7, 1.8, 1.9)
    return { ...best, factors: { ...best.factors, topology, ...path } }
  }
  const cells = [over('tap', { impairment: {} }), over('tap', { impairment: { lossProbability: 0.01 } })]
  expect(judge(rule, cells, manyCores, 'goodput').reasons.slice(0, 2)).toEqual([
    expect.stringMatching(/^cipher, unimpaired: 2 replicas reach 1\.80 times/),
    expect.stringMatching(/^cipher, 1 % loss: 2 replicas reach 1\.80 times/),
  ])
  const two = [over('tap', {}), over('veth-packet', {})]
  expect(judge(rule, two, manyCores, 'goodput').reasons[1]).toMatch(/^cipher, veth-packet: 2 replicas/)
})

test('a model is confirmed by cells within its tolerance, and by no others', () => {
  const atRatio = (workRatio: number, median: number): JudgedCell => ({
    ...cell(undefined, 2, median, median, median),
    factors: { strategy: 'replicated', replicas: 2, workRatio, topology: 'tap' },
  })
  const model = { kind: 'model', tolerance: 0.1 } as const
  expect(judge(model, [atRatio(0.5, 1.3), atRatio(0.05, 1.8)], machine, 'goodput')).toEqual({
    verdict: 'reproduced',
    reasons: [
      'r = 0.5, N=2: measured 1.30, the model says 1.33 (−2 %).',
      'r = 0.05, N=2: measured 1.80, the model says 1.90 (−5 %).',
    ],
  })
  expect(judge(model, [atRatio(0.5, 1.1), atRatio(0.05, 1.8)], machine, 'goodput').verdict).toBe('partly')
  expect(judge(model, [atRatio(0.5, 1.1)], machine, 'goodput').verdict).toBe('not reproduced')
  expect(judge(model, [cell('copy', 2, 1, 1, 1)], machine, 'goodput').verdict).toBe('cannot tell here')
  const few = judge(model, [{ ...atRatio(0.5, 1.3), roundsCompared: 2 }], machine, 'goodput')
  expect(few.verdict).toBe('cannot tell here')
  expect(few.reasons[0]).toMatch(/\(−2 %\); there are fewer than 3 rounds\.$/)
})

const share = { kind: 'measure-range', measure: 'shareOfLink', low: 0.4, high: 0.6 } as const
const survival = { kind: 'survival', gapMillis: 100 } as const

/** Cells of which each of these rules says that they are as claimed. */
const sound: readonly (readonly [VerdictRule, JudgedCell])[] = [
  [rule, cell('cipher', 2, 1.7, 1.8, 1.9)],
  [share, { ...cell('cipher', 2, 1, 1, 1), measures: { shareOfLink: { low: 0.5, median: 0.5, high: 0.5 } } }],
  [
    survival,
    {
      ...cell('cipher', 2, 1, 1, 1),
      factors: { strategy: 'replicated', replicas: 2, topology: 'tap', disturbance: 'kill' },
      disturbances: 3,
      gapMillis: { low: 1, median: 2, high: 3 },
    },
  ],
]

test.each(sound)(
  'states that differed in samples that failed void what is no claim on states: %j',
  (of, one) => {
    expect(judge(of, [one], machine, 'goodput').verdict).toBe('reproduced')
    expect(judge(of, [one, { ...one, divergences: 2 }], machine, 'goodput')).toEqual({
      verdict: 'cannot tell here',
      reasons: ['2 state digests differed between replicas at equal index, which voids the comparison.'],
    })
  },
)

test('samples that failed refute survival, whatever else is wrong with them', () => {
  const [, one] = sound[2] as (typeof sound)[number]
  const { verdict, reasons } = judge(survival, [{ ...one, failed: 1, divergences: 2 }], machine, 'goodput')
  expect(verdict).toBe('not reproduced')
  expect(reasons).toEqual(['1 samples failed: their connections were reset, or never ended.'])
})

test('a cell without a sample that counts is named, and the claim holds in part at most', () => {
  const gone = { ...cell('checksum', 2, 1, 1, 1), samples: 0, speedupOverSequential: null, roundsCompared: 0 }
  expect(judge(rule, [cell('cipher', 2, 1.7, 1.8, 1.9), gone], machine, 'goodput')).toEqual({
    verdict: 'partly',
    reasons: [
      'cipher: 2 replicas reach 1.80 times the sequential stack (1.70 … 1.90): at least the claimed 1.15.',
      'checksum: no sample of it counts, so it is not judged.',
    ],
  })
})

test('a cell that is not judged may lack samples', () => {
  const gone = { samples: 0, speedupOverSequential: null, roundsCompared: 0 }
  const single = { ...cell('cipher', 1, 1, 1, 1), ...gone }
  const linux: JudgedCell = { ...single, factors: { strategy: 'linux', topology: 'veth' } }
  const locked: JudgedCell = { ...single, factors: { ...single.factors, strategy: 'locked', replicas: 2 } }
  const cells = [cell('cipher', 2, 1.7, 1.8, 1.9), single, linux, locked]
  expect(judge(rule, cells, machine, 'goodput').verdict).toBe('reproduced')
})
