/** A median and the interval that holds the true one. */
export interface Interval {
  readonly median: number
  readonly low: number
  readonly high: number
}
