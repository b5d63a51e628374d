/**
 * From a definition to its cells. Pure. Invariant: equal definitions give equal cells in equal order, and no two
 * cells of an experiment have the same factors.
 */
import { type Cell, type CellSet, type Definition, type Experiment, experimentSchema } from './experiment.ts'
import {
  type FactorName,
  type Factors,
  type FactorValue,
  factorNames,
  factorsSchema,
  identifyFactors,
} from './factors.ts'

/** All combinations of a set's values, the first factor varying slowest. */
export function combine(set: CellSet, topology: string): Factors[] {
  const values: { [name in FactorName]?: readonly FactorValue[] | undefined } = {
    ...set,
    topology: set.topology ?? [topology],
  }
  let combinations: Record<string, FactorValue>[] = [{}]
  for (const name of factorNames) {
    const choices = values[name]
    if (choices === undefined) continue
    combinations = combinations.flatMap((partial) => choices.map((value) => ({ ...partial, [name]: value })))
  }
  return combinations.map((factors) => factorsSchema.parse(factors))
}

/** Resolves a definition that passed its schema and drew no complaints. */
export function expand(definition: Definition): Experiment {
  const { cells: sets, behaviour = [], topology, ...described } = definition
  const shown = behaviour.flatMap((set) => combine(set, topology)).map(identifyFactors)
  const cells = new Map<string, Cell>()
  for (const set of sets) {
    for (const factors of combine(set, topology)) {
      const id = identifyFactors(factors)
      cells.set(id, { id, factors })
    }
  }
  return experimentSchema.parse({ ...described, cells: [...cells.values()], behaviour: [...new Set(shown)] })
}
