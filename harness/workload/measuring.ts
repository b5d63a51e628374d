/**
 * How a workload's measures follow from what a sample tells. One table says both which measures the workload has and how
 * each is computed, so that neither can be without the other. Pure.
 */
import { isRate, type Measured, type MeasureName, type RateName } from '../measure/measures.ts'

/** By measure, its value from the facts of a sample. Cells are compared by the first, which is a rate. */
export type Measuring<Facts> = {
  readonly [Name in MeasureName]?: (facts: Facts) => Exclude<Measured[Name], undefined>
}

/** The measures that the table has, in its order. */
export function namesOf<Facts>(measuring: Measuring<Facts>): readonly [RateName, ...MeasureName[]] {
  const [first, ...others] = Object.keys(measuring) as MeasureName[]
  if (first === undefined || !isRate(first))
    throw new Error(`${first} is no rate that cells can be compared by`)
  return [first, ...others]
}

/** What a sample measures, from its facts. */
export function measure<Facts>(measuring: Measuring<Facts>, facts: Facts): Measured {
  return Object.fromEntries(Object.entries(measuring).map(([name, from]) => [name, from(facts)]))
}
