/** What the views of one exchange say, in two sentences. Pure. */
import { formatCount, formatNumber } from '../../harness/measure/format.ts'
import type { Behaviour } from '../../harness/result/behaviour.ts'
import { formatShare, plural } from '../format.ts'
import { milliseconds } from './graphs.ts'

/** As long as nothing is wrong, nobody has to look at the graphs. */
export function readingOf(view: Behaviour): string {
  const isCut = view.outside.isCut || view.inside?.isCut === true
  return `${whatPassed(view)} ${whatWasBehind(view)}${isCut ? ' There was more than is kept: this is the beginning.' : ''}`
}

function whatPassed({ outside }: Behaviour): string {
  const { totals, durationMicros, sender } = outside
  const who = sender === 'stack' ? 'The stack sent' : 'The peer sent'
  const again =
    totals.retransmissions === 0
      ? 'none of them twice'
      : `${formatCount(totals.retransmissions)} of them again`
  const late = totals.outOfOrder === 0 ? '' : `, and ${formatCount(totals.outOfOrder)} came out of order`
  return `${who} ${formatNumber(totals.bytes / 1e6)} MB in ${milliseconds(durationMicros)}: ${plural(totals.segments, 'segment')}, ${again}${late}; ${plural(totals.acknowledgments, 'acknowledgment')} came back, ${formatCount(totals.duplicateAcks)} of them duplicates.`
}

function whatWasBehind({ outside, inside, threads }: Behaviour): string {
  const { sender, performers, totals } = outside
  const of = sender === 'stack' ? 'segments' : 'acknowledgments'
  const all = performers.reduce((sum, each) => sum + each[of], 0)
  const shares = performers.map(
    (each) => `replica ${each.thread} ${formatShare(all === 0 ? 0 : each[of] / all)}`,
  )
  const verb = sender === 'stack' ? 'sent' : 'acknowledged'
  const who =
    threads === 1
      ? 'One thread did all of it'
      : `Of what the stack ${verb}, ${shares.slice(0, -1).join(', ')} and ${shares.at(-1)} passed by the device of each`
  const window = insideWords(inside, sender)
  return `${who}; a round trip took ${milliseconds(totals.medianRoundTripMicros)} in the middle${window}.`
}

function insideWords(inside: Behaviour['inside'], sender: Behaviour['outside']['sender']): string {
  if (inside === null || sender === 'peer') return ''
  const windows = inside.rows.map(({ congestionWindow }) => congestionWindow).filter((bytes) => bytes > 0)
  const recovered = inside.rows.some(({ recovery }) => recovery !== 0)
  const end = recovered ? 'fell in recoveries from loss' : 'never fell'
  return `, and the congestion window, up to ${formatNumber(Math.max(...windows) / 1000)} kB, ${end}`
}
