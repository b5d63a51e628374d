/**
 * The counterpart of a cell when two cells are compared by a verdict: equal in all factors except the one that is asked
 * about. Where that is the strategy, equal in all factors that both strategies have. Pure.
 */
import type { Cell, ContrastRule, CostRule, CrossoverRule, VerdictRule } from './experiment.ts'
import type { Strategy } from './factor.ts'
import {
  agreeOn,
  type FactorName,
  type Factors,
  type FactorValue,
  factorNames,
  factorText,
} from './factors.ts'
import { isReadByStrategy } from './scope.ts'

/** What of a cell decides. */
type Compared = Pick<Cell, 'factors'>

export type ComparingRule = CostRule | ContrastRule | CrossoverRule

/** Undefined for a rule that compares no two cells. */
export function comparingRule(rule: VerdictRule): ComparingRule | undefined {
  return rule.kind === 'cost' || rule.kind === 'contrast' || rule.kind === 'crossover' ? rule : undefined
}

/** The factor in which the two cells differ. */
export function comparedFactor(rule: ComparingRule): FactorName {
  return rule.kind === 'crossover' ? 'strategy' : rule.factor
}

/** Whether the rule judges a cell: it has the value `of`, and is where the rule looks. */
export function isJudged(rule: ComparingRule, { factors }: Compared): boolean {
  const where = rule.kind === 'contrast' ? (rule.where ?? {}) : {}
  return (
    factors[comparedFactor(rule)] === rule.of &&
    factorNames.every((name) => isAmong(factors, name, valuesOf(where, name)))
  )
}

/** One in a valid experiment; none if `cell` is not judged. */
export function counterpartsOf<Of extends Compared>(
  rule: ComparingRule,
  cell: Of,
  cells: readonly Of[],
): Of[] {
  if (!isJudged(rule, cell)) return []
  const factor = comparedFactor(rule)
  const isCompared = (name: FactorName) =>
    name !== factor &&
    (factor !== 'strategy' ||
      [rule.of, rule.over].every((strategy) => isReadByStrategy(name, strategy as Strategy)))
  const compared = factorNames.filter(isCompared)
  return cells.filter(
    (other) =>
      other.factors[factor] === rule.over &&
      compared.every((name) => agreeOn(name, other.factors, cell.factors)),
  )
}

/** Undefined also under any rule that compares no two cells. */
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
