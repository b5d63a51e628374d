/** Describes cells for tables, charts and sentences by the words of their factors, except the strategy. Pure. */
import { declaredFactors, type FactorName, type Factors, type FactorValue, factorText } from './factors.ts'

export type DescribedFactor = Exclude<FactorName, 'strategy'>

/** The words of the factors in `which` that the cell has, in that order, joined by commas. */
export function describeFactors(cell: Factors, which: readonly DescribedFactor[]): string {
  return which.flatMap((name) => wordsOf(name, cell)).join(', ')
}

function wordsOf<Name extends DescribedFactor>(name: Name, cell: Factors): string[] {
  const value = cell[name]
  if (value === undefined) return []
  const words = declaredFactors[name].words as (value: NonNullable<Factors[Name]>) => string
  return [words(value)]
}

/** The factors in `which` whose value is not the same in all of these cells. */
export function varying<Name extends FactorName>(which: readonly Name[], all: readonly Factors[]): Name[] {
  const text = (value: FactorValue | undefined) => (value === undefined ? '' : factorText(value))
  return which.filter((name) => new Set(all.map((cell) => text(cell[name]))).size > 1)
}
