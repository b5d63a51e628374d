/** A median and its confidence interval. */
export interface Interval {
  readonly median: number
  readonly low: number
  readonly high: number
}
