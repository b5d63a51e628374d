/**
 * From a definition to its cells. Pure. Invariant: equal definitions give equal cells in equal order, and no two
 * cells of an experiment have the same factors.
 */
import { type Cell, type CellSet, type Definition, type Experiment, experimentSchema } from './experiment.ts'
import { type FactorName, type Factors, factorNames, factorsSchema, identifyFactors } from './factors.ts'

/** A rule that the types cannot express, broken at a place in the definition. */
export interface Complaint {
  readonly path: readonly (string | number)[]
  readonly problem: string
  readonly remedy: string
}

/** All combinations of a set's values, the first factor varying slowest. */
export function combine(set: CellSet, topology: string): Factors[] {
  const values: { [name in FactorName]?: readonly (string | number)[] | undefined } = {
    ...set,
    topology: set.topology ?? [topology],
  }
  let combinations: Record<string, string | number>[] = [{}]
  for (const name of factorNames) {
    const choices = values[name]
    if (choices === undefined) continue
    combinations = combinations.flatMap((partial) => choices.map((value) => ({ ...partial, [name]: value })))
  }
  return combinations.map((factors) => factorsSchema.parse(factors))
}

/** Factors that mean something to one strategy only. */
const ownFactors = {
  replicated: ['claim', 'chunk', 'ownership', 'emission', 'reader', 'digests', 'disturbance'],
  locked: ['lock'],
  linux: ['offload'],
} as const satisfies { readonly [strategy in Factors['strategy']]?: readonly FactorName[] }

/** Which factors a strategy must have or cannot have. */
export function complaintsAbout(set: CellSet, index: number): Complaint[] {
  const complaints: Complaint[] = []
  const complain = (field: FactorName, problem: string, remedy: string) =>
    complaints.push({ path: ['cells', index, field], problem, remedy })

  const only = (...strategies: string[]) => set.strategy.every((strategy) => strategies.includes(strategy))
  if (set.replicas === undefined && !only('sequential', 'linux')) {
    complain(
      'replicas',
      'missing for a strategy that works in parallel',
      'list how many replicas or workers, e.g. `replicas: upToCores()`',
    )
  }
  if (set.replicas !== undefined && (set.strategy.includes('sequential') || set.strategy.includes('linux'))) {
    complain(
      'replicas',
      'strategies "sequential" and "linux" have no replicas',
      'give them a set of their own',
    )
  }
  for (const [strategy, factors] of Object.entries(ownFactors)) {
    for (const factor of factors) {
      if (set[factor] === undefined || only(strategy)) continue
      complain(factor, `is a factor of strategy "${strategy}" only`, `give "${strategy}" a set of its own`)
    }
  }
  if (set.payloadWork === undefined && !only('linux')) {
    complain('payloadWork', 'missing', 'list at least one of none, checksum, copy, digest, cipher')
  }
  if (set.payloadWork !== undefined && set.strategy.includes('linux')) {
    complain('payloadWork', 'strategy "linux" does no payload work of ours', 'give "linux" a set of its own')
  }
  return complaints
}

/** Resolves a definition that passed its schema and drew no complaints. */
export function expand(definition: Definition): Experiment {
  const { cells: sets, topology, ...described } = definition
  const cells = new Map<string, Cell>()
  for (const set of sets) {
    for (const factors of combine(set, topology)) {
      const id = identifyFactors(factors)
      cells.set(id, { id, factors })
    }
  }
  return experimentSchema.parse({ ...described, cells: [...cells.values()] })
}
