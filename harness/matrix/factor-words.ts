/** How the value of a factor reads in tables, pictures and sentences. The strategies' names are the report's. Pure. */
import { type FactorName, type Factors, type FactorValue, factorText } from './factors.ts'
import { describeImpairment } from './impairment.ts'

type Words<Name extends FactorName> = (value: NonNullable<Factors[Name]>) => string

const words: { readonly [Name in Exclude<FactorName, 'strategy'>]: Words<Name> } = {
  replicas: (count) => `N=${count}`,
  payloadWork: (work) => work,
  claim: (unit) => `claim per ${unit}`,
  chunk: (actions) => `${actions} actions a claim`,
  ownership: (kind) => (kind === 'first' ? 'first come' : 'in rotation'),
  emission: (kind) => `${kind} emission`,
  verification: (where) =>
    `verified ${where === 'before' ? 'before publishing' : where === 'claimed' ? 'by claim' : 'by device'}`,
  reader: (kind) => `${kind} reader`,
  idle: (kind) => `${kind} when idle`,
  lock: (kind) => `${kind} lock`,
  slotCount: (count) => `${count} slots`,
  digests: (state) => `digests ${state}`,
  connections: (count) => `${count} connection${count === 1 ? '' : 's'}`,
  workRatio: (share) => `r = ${share}`,
  disturbance: (kind) => disturbances[kind],
  segmentBytes: (size) => `${size} B`,
  traffic: (direction) => direction,
  impairment: describeImpairment,
  offload: (state) => `offloads ${state}`,
  topology: (id) => id,
}

const disturbances: Readonly<Record<NonNullable<Factors['disturbance']>, string>> = {
  none: 'undisturbed',
  kill: 'replicas killed',
  'stall-1': 'stalled 1 ms',
  'stall-10': 'stalled 10 ms',
  'stall-100': 'stalled 100 ms',
  'stall-1000': 'stalled 1 s',
}

/** Those of a cell's factors that are named, in that order, joined by commas. */
export function describeFactors(factors: Factors, which: readonly Exclude<FactorName, 'strategy'>[]): string {
  return which.flatMap((name) => wordsOf(name, factors)).join(', ')
}

function wordsOf<Name extends Exclude<FactorName, 'strategy'>>(name: Name, factors: Factors): string[] {
  const value = factors[name]
  return value === undefined ? [] : [words[name](value)]
}

/** Those of `which` that do not have one value in all of these cells. */
export function varying<Name extends FactorName>(which: readonly Name[], all: readonly Factors[]): Name[] {
  const text = (value: FactorValue | undefined) => (value === undefined ? '' : factorText(value))
  return which.filter((name) => new Set(all.map((factors) => text(factors[name]))).size > 1)
}
