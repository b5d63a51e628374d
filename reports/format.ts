/** Sizes, times and intervals as a reader wants them; bare numbers are those of `harness/measure/format.ts`. Pure. */
import { formatCount, formatNumber, unknown } from '../harness/measure/format.ts'
import type { Interval } from '../harness/statistics/interval.ts'

/** Decimal units, as rates are. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return unknown
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  let scaled = bytes
  let index = 0
  while (scaled >= 1000 && index < units.length - 1) {
    scaled /= 1000
    index += 1
  }
  return `${formatNumber(scaled)} ${units[index]}`
}

export function formatMemory(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

/** `1.85 (1.80 … 1.91)`; `scale` divides all three. A single sample, or samples that are all equal, have no range. */
export function formatInterval(interval: Interval | null, scale = 1): { median: string; range: string } {
  if (interval === null) return { median: unknown, range: '' }
  const part = (value: number) => formatNumber(value / scale)
  const isPoint = interval.low === interval.high
  return {
    median: part(interval.median),
    range: isPoint ? '' : `${part(interval.low)} … ${part(interval.high)}`,
  }
}

export function formatTime(iso: string | null): string {
  return iso === null ? unknown : iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')
}

/** `11-29 06:31:39`: for lists whose year and zone are known. */
export function formatMoment(iso: string): string {
  return iso.slice(5, 19).replace('T', ' ')
}

/** `1 sample`, `9 samples` */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** On one line with its number. */
const percentSign = '\u00a0%'

/** A ratio as a gain in percent: `+29 %`, `−12 %`, `0 %`. */
export function formatGain(ratio: number): string {
  const percent = Math.round(100 * (ratio - 1))
  if (percent === 0) return `0${percentSign}`
  return `${percent < 0 ? '−' : '+'}${formatCount(Math.abs(percent))}${percentSign}`
}

/** A share in percent, with one digit below ten: `2.0 %`, `48 %`. */
export function formatShare(share: number): string {
  const percent = 100 * share
  const digits = Math.abs(percent) < 10 ? 1 : 0
  return `${percent < 0 ? '−' : ''}${Math.abs(percent).toFixed(digits)}${percentSign}`
}

export type Format = (value: number) => string

/** `−12 … +29 %`: a unit that both have is written once. */
export function between(low: number, high: number, format: Format): string {
  const [first, last] = [format(low), format(high)]
  if (first === last) return first
  const unit = /\s\S+$/.exec(last)?.[0] ?? ''
  return `${first.endsWith(unit) ? first.slice(0, first.length - unit.length) : first} … ${last}`
}
