/** Captures for tests, and Wireshark's analysis of them, frame by frame (`make-fixtures.ts` makes both). */
import { readFileSync } from 'node:fs'

export const fixtureNames = ['sender-losses', 'receiver-reordering', 'both-ways'] as const
export type FixtureName = (typeof fixtureNames)[number]

/** Columns of the tables. */
export const wiresharkFields = [
  'frame.number',
  'ip.src',
  'tcp.seq',
  'tcp.ack',
  'tcp.len',
  'tcp.window_size',
  'tcp.options.sack_le',
  'tcp.analysis.retransmission',
  'tcp.analysis.fast_retransmission',
  'tcp.analysis.spurious_retransmission',
  'tcp.analysis.out_of_order',
  'tcp.analysis.lost_segment',
  'tcp.analysis.duplicate_ack',
  'tcp.analysis.duplicate_ack_num',
  'tcp.analysis.keep_alive',
  'tcp.analysis.acks_frame',
  'tcp.analysis.ack_rtt',
  'tcp.analysis.bytes_in_flight',
] as const
export type WiresharkField = (typeof wiresharkFields)[number]

export function fixturePath(name: FixtureName, ending: 'pcap' | 'tsv'): URL {
  return new URL(`fixtures/${name}.${ending}`, import.meta.url)
}

/** A row for each frame; an absent field is ''. */
export type WiresharkRow = Readonly<Record<WiresharkField, string>>

export function readWireshark(name: FixtureName): WiresharkRow[] {
  const [head = '', ...lines] = readFileSync(fixturePath(name, 'tsv'), 'utf8').trimEnd().split('\n')
  const fields = head.split('\t') as WiresharkField[]
  return lines.map((line) => {
    const values = line.split('\t')
    return Object.fromEntries(fields.map((field, index) => [field, values[index] ?? ''])) as WiresharkRow
  })
}
