/**
 * What a measure is: a quantity with a name, a unit, a direction, and a way in which the samples of a cell combine. A
 * scalar is one number a sample, or null where the strategy cannot observe it; a distribution is a histogram. Pure data.
 */

interface Described {
  /** As headings have it. */
  readonly title: string
  readonly unit: string
  /** What is said of a reader's wish: whether more of it is better, or less; or neither is. */
  readonly better: 'more' | 'less' | 'neither'
}

/** Where a median is drawn: on an axis of its own for each panel; beside its baseline's, all cells in one picture. */
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
  /** Of its histograms. */
  readonly ticksPerUnit: number
  /** Shares of the values for which tables and files have the value that they do not exceed. */
  readonly quantiles: readonly number[]
  readonly figures: readonly 'cumulative'[]
}

export type Measure = ScalarMeasure | DistributionMeasure

/** 0.999 → `p99.9` */
export function quantileName(share: number): string {
  return `p${Number((100 * share).toPrecision(6))}`
}
