/**
 * The counterpart of a cell where a verdict compares two values of a factor: the cell that is equal in all other factors.
 * Pure.
 */
import type { Cell, ContrastRule, CostRule, VerdictRule } from './experiment.ts'
import { agreeOn, type Factors, type FactorValue, factorNames, factorText } from './factors.ts'

export type ComparingRule = CostRule | ContrastRule

/** Undefined for a rule that compares no two values of a factor. */
export function comparingRule(rule: VerdictRule): ComparingRule | undefined {
  return rule.kind === 'cost' || rule.kind === 'contrast' ? rule : undefined
}

/** Whether the rule judges a cell: it has the value `of`, and is where the rule looks. */
export function isJudged(rule: ComparingRule, { factors }: Cell): boolean {
  const where = rule.kind === 'contrast' ? (rule.where ?? {}) : {}
  return (
    factors[rule.factor] === rule.of &&
    factorNames.every((name) => isAmong(factors, name, valuesOf(where, name)))
  )
}

/** Cells with the value `over` that otherwise equal `cell`: one in a valid experiment, none if `cell` is not judged. */
export function counterpartsOf(rule: ComparingRule, cell: Cell, cells: readonly Cell[]): Cell[] {
  if (!isJudged(rule, cell)) return []
  const { factor, over } = rule
  return cells.filter(
    (other) =>
      other.factors[factor] === over &&
      factorNames.every((name) => name === factor || agreeOn(name, other.factors, cell.factors)),
  )
}

/** Undefined also under any rule that compares no two values. */
export function counterpartOf(rule: VerdictRule, cell: Cell, cells: readonly Cell[]): Cell | undefined {
  const comparing = comparingRule(rule)
  return comparing === undefined ? undefined : counterpartsOf(comparing, cell, cells)[0]
}

type Where = NonNullable<ContrastRule['where']>

function valuesOf(where: Where, name: keyof Factors): readonly FactorValue[] | undefined {
  return name === 'strategy' ? undefined : where[name]
}

function isAmong(factors: Factors, name: keyof Factors, values: readonly FactorValue[] | undefined): boolean {
  const own = factors[name]
  return values === undefined || (own !== undefined && values.map(factorText).includes(factorText(own)))
}
