/** Numbers as a reader wants them: three digits that matter, units that fit, a dash for what is not known. Pure. */
import type { Interval } from '../harness/measure/interval.ts'

export const unknown = '–'

/** Three significant digits, without an exponent. */
export function formatNumber(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return unknown
  const size = Math.abs(value)
  if (size >= 100) return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
  return value.toFixed(size >= 10 ? 1 : 2)
}

export function formatCount(value: number | null): string {
  return value === null ? unknown : Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
}

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

/** `1.85 (1.80 … 1.91)`; `scale` divides all three. */
export function formatInterval(interval: Interval | null, scale = 1): { median: string; range: string } {
  if (interval === null) return { median: unknown, range: '' }
  const part = (value: number) => formatNumber(value / scale)
  return { median: part(interval.median), range: `${part(interval.low)} … ${part(interval.high)}` }
}

export function formatTime(iso: string | null): string {
  return iso === null ? unknown : iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')
}

/** `1 sample`, `9 samples` */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
