/**
 * Cells that a machine cannot run, such as one that needs more cores than there are. The definition is right, and holds
 * elsewhere; so such a cell is neither refused nor failed. It stays in the experiment with its reason, no sample of it is
 * scheduled, and no verdict rests on it. Pure.
 */

import { type Cell, type Experiment, experimentSchema } from './experiment.ts'
import type { Facilities } from './factor.ts'
import { declaredFactors, type FactorName, type Factors, factorNames } from './factors.ts'

type Ask = (value: unknown, cell: Factors, machine: Facilities) => string | undefined

/** The experiment with the reason at each cell that this machine cannot run. */
export function markUnsupported(experiment: Experiment, machine: Facilities): Experiment {
  return experimentSchema.parse({
    ...experiment,
    cells: experiment.cells.map(({ id, factors }) => {
      const reason = reasonAgainst(factors, machine)
      return { id, factors, ...(reason === undefined ? {} : { unsupported: reason }) }
    }),
  })
}

/** The cells that are sampled. */
export function supportedCells({ cells }: Pick<Experiment, 'cells'>): Cell[] {
  return cells.filter(({ unsupported }) => unsupported === undefined)
}

/** The first reason that a factor of the cell gives. */
function reasonAgainst(factors: Factors, machine: Facilities): string | undefined {
  return factorNames
    .filter((name) => factors[name] !== undefined)
    .map((name) => askOf(name)?.(factors[name], factors, machine))
    .find((reason) => reason !== undefined)
}

function askOf(name: FactorName): Ask | undefined {
  return (declaredFactors[name] as { readonly unsupported?: Ask }).unsupported
}
