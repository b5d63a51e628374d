/** What a sentence of a verdict calls a cell: by the factors that tell the judged cells apart. Pure. */
import { type DescribedFactor, describeFactors, varying } from '../matrix/factor-words.ts'
import { type FactorName, type Factors, factorNames } from '../matrix/factors.ts'
import type { JudgedCell } from './judgement.ts'

/** `without`: factors that the sentence names itself. */
export function nameAmong(
  factors: Factors,
  cells: readonly Pick<JudgedCell, 'factors'>[],
  without: readonly FactorName[] = [],
): string {
  const all = cells.map((cell) => cell.factors)
  const telling = varying(factorNames, all).filter((name) => !without.includes(name))
  const described = telling.filter((name): name is DescribedFactor => name !== 'strategy')
  const words = describeFactors(factors, described)
  return [...(telling.includes('strategy') ? [factors.strategy] : []), words]
    .filter((part) => part !== '')
    .join(', ')
}
