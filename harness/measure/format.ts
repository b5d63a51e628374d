/** Numbers for readers: three significant digits, a suitable unit, a dash for an unknown value. Pure. */
import type { Measure, ScalarMeasure } from './measure.ts'

export const unknown = '–'

/** Three significant digits, without an exponent. */
export function formatNumber(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return unknown
  const size = Math.abs(value)
  if (size >= 100) return formatCount(value)
  return value.toFixed(size >= 10 ? 1 : 2)
}

export function formatCount(value: number | null): string {
  return value === null ? unknown : Math.round(value).toLocaleString('en-US').replaceAll(',', '\u202f')
}

/** The unit in which a measure is drawn and printed, and the divisor that converts its values to this unit. */
export function displayOf(measure: Measure): { unit: string; divisor: number } {
  const own = { unit: measure.unit, divisor: 1 }
  return measure.kind === 'scalar' ? (measure.display ?? own) : own
}

/** `2.41 Gbit/s`, `12.3 k/s`; below one of the larger unit in the smaller: `820 Mbit/s`. */
export function formatQuantity(measure: ScalarMeasure, value: number | null): string {
  const { unit, divisor } = displayOf(measure)
  if (value === null || value < divisor) return `${formatNumber(value)} ${measure.unit}`
  return `${formatNumber(value / divisor)} ${unit}`
}
