/**
 * Which cell a cell is compared with. Pure. A baseline has the same values of all factors that it has: the sequential
 * stack, for example, has no replicas, no claims and no emission order.
 */
import type { Cell, Experiment } from './experiment.ts'
import { isOwn } from './factor.ts'
import { agreeOn, type FactorName, type Factors, factorNames } from './factors.ts'

export type Baseline = Experiment['baselines'][number]

/** The cells that match a baseline's description: exactly one in a valid experiment, none for a stack that is not ours. */
export function baselineCandidates<Of extends Pick<Cell, 'factors'>>(
  baseline: Baseline,
  cell: Of,
  cells: readonly Of[],
): Of[] {
  if (!isOwn(cell.factors.strategy)) return []
  if (baseline === 'sequential') {
    return cells.filter(
      ({ factors }) =>
        factors.strategy === 'sequential' && agrees(factors, cell.factors, ['strategy', 'replicas']),
    )
  }
  if (cell.factors.replicas === undefined) return []
  return cells.filter(({ factors }) => factors.replicas === 1 && agrees(factors, cell.factors, ['replicas']))
}

export function baselineOf(baseline: Baseline, cell: Cell, cells: readonly Cell[]): Cell | undefined {
  return baselineCandidates(baseline, cell, cells)[0]
}

/** Whether every factor of the baseline, apart from the exceptions, has the same value in the other cell. */
function agrees(baseline: Factors, other: Factors, exceptions: readonly FactorName[]): boolean {
  return factorNames.every(
    (name) => exceptions.includes(name) || baseline[name] === undefined || agreeOn(name, baseline, other),
  )
}
