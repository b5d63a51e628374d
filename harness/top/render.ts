/** A stack's rates as text: a table for a terminal, or one line for a log. Pure. */
import { createColors } from 'picocolors'
import type { StackRates, ThreadRates } from './rates.ts'

const columns: readonly (readonly [heading: string, field: keyof ThreadRates])[] = [
  ['applied/s', 'applied'],
  ['checked/s', 'checked'],
  ['performed/s', 'performed'],
  ['won/s', 'claimsWon'],
  ['lost/s', 'claimsLost'],
  ['polls/s', 'polls'],
  ['spins/s', 'spins'],
  ['parks/s', 'parks'],
  ['longest µs', 'longestCycleMicros'],
]

const nameWidth = 9
const barWidth = 20

/** Lines of the table; `colours` off for anything but a terminal. */
export function renderTable(rates: StackRates, colours: boolean): string[] {
  const { dim, bold, red, green } = createColors(colours)
  const widths = columns.map(([heading]) => Math.max(heading.length, 9))
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(nameWidth)}${cells.map((cell, k) => `  ${cell.padStart(widths[k] ?? 0)}`).join('')}`
  const threads = rates.threads.map((thread, k) =>
    row(
      `${rates.ring === null ? 'thread' : 'replica'} ${k}`,
      columns.map(([, field]) => count(thread[field])),
    ),
  )
  const sums = columns.map(([, field]) =>
    field === 'longestCycleMicros'
      ? count(Math.max(...rates.threads.map((thread) => thread[field])))
      : count(rates.threads.reduce((sum, thread) => sum + thread[field], 0)),
  )
  const verdict =
    rates.divergences === 0 ? green('0 divergences') : red(bold(`${rates.divergences} DIVERGENCES`))
  return [
    bold(rates.title),
    '',
    dim(
      row(
        '',
        columns.map(([heading]) => heading),
      ),
    ),
    ...threads,
    ...(rates.threads.length > 1 ? [dim(row('together', sums))] : []),
    '',
    `goodput   out ${megabits(rates.sentMbps)}   in ${megabits(rates.receivedMbps)}`,
    `frames    out ${count(rates.framesOutPerSecond)}/s   in ${count(rates.framesInPerSecond)}/s   refused ${count(rates.framesRefusedPerSecond)}/s`,
    `ring      ${rates.ring === null ? 'none: this strategy has no channel' : ring(rates.ring)}`,
    `digests   ${count(rates.digestsCompared)} compared (${count(rates.digestsComparedPerSecond)}/s)   ${verdict}`,
  ]
}

/** Everything of a second in one line. */
export function renderLine(rates: StackRates): string {
  const together = (field: keyof ThreadRates) =>
    count(rates.threads.reduce((sum, thread) => sum + thread[field], 0))
  const shares = rates.threads.map((thread) => count(thread.performed)).join('+')
  const longest = count(Math.max(...rates.threads.map((thread) => thread.longestCycleMicros)))
  return [
    rates.title,
    `out ${megabits(rates.sentMbps)} in ${megabits(rates.receivedMbps)}`,
    `frames ${count(rates.framesOutPerSecond)} out ${count(rates.framesInPerSecond)} in`,
    `applied ${together('applied')}`,
    `performed ${shares}`,
    `lost ${together('claimsLost')}`,
    `spins ${together('spins')} parks ${together('parks')}`,
    `longest ${longest} µs`,
    ...(rates.ring === null ? [] : [`ring ${rates.ring.occupied}/${rates.ring.slots}`]),
    `${count(rates.digestsCompared)} digests, ${rates.divergences} divergences`,
  ].join(' | ')
}

function ring({ occupied, slots }: { readonly occupied: number; readonly slots: number }): string {
  const filled = Math.round((occupied / slots) * barWidth)
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${occupied} of ${slots} slots`
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function megabits(mbps: number): string {
  return `${count(mbps)} Mbit/s`
}
