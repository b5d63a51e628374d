/** The counterpart of a cell when a cost is judged: equal in all factors except the one whose cost is asked. Pure. */
import type { Cell, CostRule, VerdictRule } from './experiment.ts'
import { agreeOn, factorNames } from './factors.ts'

/** Cells with the value `over` that otherwise equal `cell`: one in a valid experiment, none if `cell` lacks `of`. */
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
