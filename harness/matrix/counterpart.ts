/**
 * The counterpart of a cell when two cells are compared by a verdict: equal in all factors except the one whose cost is
 * asked; or of the other strategy, and equal in all factors that both strategies have. Pure.
 */
import type { Cell, CostRule, CrossoverRule, VerdictRule } from './experiment.ts'
import { agreeOn, type FactorName, factorNames } from './factors.ts'
import { isReadByStrategy } from './scope.ts'

/** One in a valid experiment; none if the rule does not start from this cell. */
export function counterpartsOf(
  rule: CostRule | CrossoverRule,
  cell: Cell,
  cells: readonly Cell[],
): readonly Cell[] {
  const factor = rule.kind === 'cost' ? rule.factor : 'strategy'
  if (cell.factors[factor] !== rule.of) return []
  const isCompared = (name: FactorName) =>
    name !== factor &&
    (rule.kind === 'cost' || [rule.of, rule.over].every((strategy) => isReadByStrategy(name, strategy)))
  const compared = factorNames.filter(isCompared)
  return cells.filter(
    (other) =>
      other.factors[factor] === rule.over &&
      compared.every((name) => agreeOn(name, other.factors, cell.factors)),
  )
}

/** Undefined also under any other kind of rule. */
export function counterpartOf(rule: VerdictRule, cell: Cell, cells: readonly Cell[]): Cell | undefined {
  return rule.kind === 'cost' || rule.kind === 'crossover' ? counterpartsOf(rule, cell, cells)[0] : undefined
}
