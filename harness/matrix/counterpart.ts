/** The cell that a cost is counted from: the same, but for the one factor whose price is asked. Pure. */
import type { Cell, CostRule, VerdictRule } from './experiment.ts'
import { agreeOn, factorNames } from './factors.ts'

/** The cells without what is paid for, otherwise equal: one in a valid experiment, none for cells that do not pay. */
export function counterpartsOf({ factor, of, over }: CostRule, cell: Cell, cells: readonly Cell[]): Cell[] {
  if (cell.factors[factor] !== of) return []
  return cells.filter(
    (other) =>
      other.factors[factor] === over &&
      factorNames.every((name) => name === factor || agreeOn(name, other.factors, cell.factors)),
  )
}

/** Undefined also under any other kind of rule. */
export function counterpartOf(rule: VerdictRule, cell: Cell, cells: readonly Cell[]): Cell | undefined {
  return rule.kind === 'cost' ? counterpartsOf(rule, cell, cells)[0] : undefined
}
