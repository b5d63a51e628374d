/** A calibration as a table for people: every number with its interval and what it means. Pure. */
import { type QuantityName, quantityMeanings } from '../../stack/sim/index.ts'
import { type CostsFile, type FurtherName, furtherMeanings, type Quantity } from './costs-file.ts'

const meanings = { ...quantityMeanings, ...furtherMeanings }

export function formatCosts(file: CostsFile): string {
  const rows = [...Object.entries(file.quantities), ...Object.entries(file.further)].map(([name, quantity]) =>
    row(meanings[name as QuantityName | FurtherName], quantity, unitOf(name)),
  )
  const pieces = Object.entries(file.payload).flatMap(([kind, piece]) => [
    row(`payload work: ${kind}, a piece`, piece.fixedNanos, 'ns'),
    row(`payload work: ${kind}, a byte`, piece.byteNanos, 'ns'),
    row(`payload work: ${kind}, two processors at once: so many times longer`, piece.contentionTimes, 'x'),
  ])
  const { perSecond, lengthMicros } = file.stalls
  const longest = lengthMicros.at(-1) ?? 0
  const middle = lengthMicros[lengthMicros.length >> 1] ?? 0
  return [
    ...[...rows, ...pieces].sort(),
    row('stalls of a thread that spins', perSecond, '/s'),
    `${''.padEnd(nameWidth)}half of them beyond ${middle.toFixed(0)} µs, the longest twentieth ${longest.toFixed(0)} µs`,
  ].join('\n')
}

const nameWidth = 78

function row(name: string, { value, low, high }: Quantity, unit: string): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0
  const shown = [value, low, high].map((number) => number.toFixed(digits))
  return `${name.padEnd(nameWidth)}${(shown[0] ?? '').padStart(9)} ${unit.padEnd(3)} ${shown[1]} … ${shown[2]}`
}

function unitOf(name: string): string {
  return name.endsWith('Times') ? 'x' : 'ns'
}
