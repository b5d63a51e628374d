/**
 * What a measure is: a quantity with a name, a unit, a direction, and a way in which the samples of a cell combine. A
 * scalar is one number a sample, or null where the strategy cannot observe it; a distribution is a histogram. Pure data.
 */

interface Described {
  /** For headings. */
  readonly title: string
  readonly unit: string
  /** Whether more is better, or less, or neither. */
  readonly better: 'more' | 'less' | 'neither'
}

/** How a median is drawn: with an axis for each panel; or over the sequential stack, with all cells in one chart. */
export type ScalarFigure = 'values' | 'ratios'

export interface ScalarMeasure extends Described {
  readonly kind: 'scalar'
  /** Rates and costs have a median with its interval; counts are summed up. */
  readonly combine: 'median' | 'sum'
  /** The unit of axes and of lines on a terminal, if another than that of tables and files. */
  readonly display?: { readonly unit: string; readonly divisor: number }
  readonly figures: readonly ScalarFigure[]
}

export interface DistributionMeasure extends Described {
  readonly kind: 'distribution'
  readonly combine: 'pool'
  /** How many ticks of the histograms make one `unit`. */
  readonly ticksPerUnit: number
  /** The quantiles in tables and files, each as a share: 0.99 is the value that 99 % of all values do not exceed. */
  readonly quantiles: readonly number[]
  readonly figures: readonly 'cumulative'[]
}

export type Measure = ScalarMeasure | DistributionMeasure

/** 0.999 → `p99.9` */
export function quantileName(share: number): string {
  return `p${Number((100 * share).toPrecision(6))}`
}
