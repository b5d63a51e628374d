/** How cells read in tables, pictures and sentences, by the words of their factors. The strategies' names are the report's. Pure. */
import { declaredFactors, type FactorName, type Factors, type FactorValue, factorText } from './factors.ts'

export type DescribedFactor = Exclude<FactorName, 'strategy'>

/** Those of a cell's factors that are named, in that order, joined by commas. */
export function describeFactors(cell: Factors, which: readonly DescribedFactor[]): string {
  return which.flatMap((name) => wordsOf(name, cell)).join(', ')
}

function wordsOf<Name extends DescribedFactor>(name: Name, cell: Factors): string[] {
  const value = cell[name]
  if (value === undefined) return []
  const words = declaredFactors[name].words as (value: NonNullable<Factors[Name]>) => string
  return [words(value)]
}

/** Those of `which` that do not have one value in all of these cells. */
export function varying<Name extends FactorName>(which: readonly Name[], all: readonly Factors[]): Name[] {
  const text = (value: FactorValue | undefined) => (value === undefined ? '' : factorText(value))
  return which.filter((name) => new Set(all.map((cell) => text(cell[name]))).size > 1)
}
