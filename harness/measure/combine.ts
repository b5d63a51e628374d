/** From the samples of a cell to one value of a measure: a median with its interval, a sum, or a pooled distribution. Pure. */
import type { Interval } from '../statistics/interval.ts'
import { medianInterval } from '../statistics/median.ts'
import { countOf, type Histogram, pool, quantile } from './histogram.ts'
import { type DistributionMeasure, quantileName } from './measure.ts'
import {
  type declaredMeasures,
  type Measured,
  type MeasureName,
  measureNames,
  measureOf,
} from './measures.ts'

/** A distribution in few numbers: how many values there are, and its quantiles by name (`p50`, `p99.9`) in the measure's unit. */
export interface Quantiles {
  readonly count: number
  /** `median`: the quantile of all samples' values together; `low` and `high`: from the quantiles of each sample. */
  readonly quantiles: Readonly<Record<string, Interval>>
}

type CombinedAs = { median: Interval; sum: number; pool: Quantiles }

/** Null where no sample observed it; absent where the workload does not measure it. */
export type Combined = {
  readonly [Name in MeasureName]?: CombinedAs[(typeof declaredMeasures)[Name]['combine']] | null
}

export function combineMeasures(samples: readonly Measured[], names: readonly MeasureName[]): Combined {
  const combined = measureNames
    .filter((name) => names.includes(name))
    .map((name) => [name, combineOne(name, samples)])
  return Object.fromEntries(combined)
}

function combineOne(name: MeasureName, samples: readonly Measured[]): Interval | number | Quantiles | null {
  const measure = measureOf(name)
  if (measure.kind === 'distribution') return quantilesOf(measure, histogramsOf(name, samples))
  const numbers = samples.map((sample) => sample[name]).filter((value) => typeof value === 'number')
  if (measure.combine === 'median') return intervalOf(numbers)
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0)
}

/** The histograms of those samples that observed a value of the distribution, to be pooled or drawn. */
export function histogramsOf(name: MeasureName, samples: readonly Measured[]): Histogram[] {
  return samples
    .map((sample) => sample[name])
    .filter((value) => Array.isArray(value))
    .filter(({ length }) => length > 0)
}

function quantilesOf(measure: DistributionMeasure, histograms: readonly Histogram[]): Quantiles | null {
  const all = pool(histograms)
  if (all.length === 0) return null
  const inUnits = (histogram: Histogram, share: number) =>
    (quantile(histogram, share) ?? 0) / measure.ticksPerUnit
  const quantiles = measure.quantiles.map((share) => {
    const own = medianInterval(histograms.map((histogram) => inUnits(histogram, share)))
    const median = inUnits(all, share)
    const interval = {
      median,
      low: Math.min(median, own?.low ?? median),
      high: Math.max(median, own?.high ?? median),
    }
    return [quantileName(share), interval]
  })
  return { count: countOf(all), quantiles: Object.fromEntries(quantiles) }
}

function intervalOf(values: readonly number[]): Interval | null {
  const full = medianInterval(values)
  return full === null ? null : { median: full.median, low: full.low, high: full.high }
}
