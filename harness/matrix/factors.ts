/**
 * The factors of the experiment matrix: the only names and values that an experiment may vary. Every table,
 * file and summary spells them as here. Invariant: a cell's factors pass `factorsSchema`.
 */
import { z } from 'zod'
import { factorsOfHosts } from './factors/of-hosts.ts'
import { factorsOfStacks } from './factors/of-stacks.ts'
import { factorsOfTraffic } from './factors/of-traffic.ts'
import { identifyImpairment, type PathImpairment } from './impairment.ts'

/** One declaration a factor, in the order in which identifiers and tables list them. */
export const declaredFactors = { ...factorsOfStacks, ...factorsOfTraffic, ...factorsOfHosts } as const

type Declared = typeof declaredFactors
export type FactorName = keyof Declared
/** Factors that workloads read themselves; the code that makes containers and stacks reads all others. */
export type WorkloadFactor = {
  [Name in FactorName]: Declared[Name]['readBy'] extends 'some workloads' ? Name : never
}[FactorName]

/**
 * Factors that a workload may name as its own: also those of stacks, for a workload without a network, which has no stack
 * that reads them.
 */
export type NamedFactor =
  | WorkloadFactor
  | {
      [Name in FactorName]: Declared[Name]['readBy'] extends 'networked workloads' ? Name : never
    }[FactorName]

export const factorNames = Object.keys(declaredFactors) as FactorName[]

export const factorSchemas = Object.fromEntries(
  factorNames.map((name) => [name, declaredFactors[name].schema]),
) as unknown as { readonly [Name in FactorName]: Declared[Name]['schema'] }

const { strategy, topology, ...varying } = factorSchemas

/** The factors of one cell: strategy and topology always, the others where they mean something. */
export const factorsSchema = z.strictObject({ strategy, topology, ...z.object(varying).partial().shape })

export type Factors = z.infer<typeof factorsSchema>
export type PayloadWork = NonNullable<Factors['payloadWork']>
export type FactorValue = string | number | PathImpairment

/** A stable identifier, also a folder's name: `replicated-n2-checksum-tap`. Equal factors, equal identifier. */
export function identifyFactors(cell: Factors): string {
  return factorNames
    .filter((name) => cell[name] !== undefined)
    .map((name) => `${declaredFactors[name].prefix ?? ''}${factorText(cell[name] as FactorValue)}`)
    .join('-')
}

/** A value as identifiers have it; equal values, equal text. */
export function factorText(value: FactorValue): string {
  return typeof value === 'object' ? identifyImpairment(value) : String(value)
}

/** Whether two cells have the same value of a factor, or both have none. */
export function agreeOn(name: FactorName, first: Factors, second: Factors): boolean {
  const [one, other] = [first[name], second[name]]
  if (one === undefined || other === undefined) return one === other
  return factorText(one) === factorText(other)
}
