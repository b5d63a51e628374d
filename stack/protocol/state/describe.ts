/**
 * Names for the words of a state, for people who have to find out how two replicas differ. Allocates freely; nothing on
 * a hot path may use it.
 */

import type { Declarations, RecordKind } from '../../wire/record.ts'
import type { MachineConfig } from '../config.ts'
import { senderCounts, senderNames } from '../senders/numbering.ts'
import { compositeCount, compositeRecord, sentMessageRecord } from './composites.ts'
import { datagramSocketRecord, waitingDatagramCount, waitingDatagramRecord } from './datagrams.ts'
import { globalRecord } from './globals.ts'
import { type Layout, planLayout } from './layout.ts'
import { senderRecord } from './sender.ts'
import { segmentRecord } from './sent-segment.ts'
import { listenerRecord, neighborCount, neighborRecord, timeWaitRecord } from './tables.ts'
import { State, tcbRecord } from './tcb.ts'

export interface StateDifference {
  /** The record: `globals`, `neighbor 3`, `connection 0`, `segment 17 of connection 0`, … */
  readonly record: string
  /** The field in it: `sndUna`, `ranges[2]`. */
  readonly field: string
  readonly meaning: string
  /** Whether digests cover this word. A difference in a word that they do not cover may be harmless. */
  readonly isLive: boolean
  readonly values: readonly [number, number]
}

/** One kind of record, and how many of it lie one behind the other. */
interface Section {
  readonly at: number
  readonly count: number
  readonly record: RecordKind<Declarations>
  name(index: number): string
  isLive(index: number): boolean
}

const hashRecord = {
  words: 1,
  fields: { entry: 'index + 1 of a connection, or -(index + 1) of a TIME-WAIT entry' },
  offsets: { entry: 0 },
}

const arrivedRecord = { words: 1, fields: { length: 'its bytes + 1; 0: not there' }, offsets: { length: 0 } }

const heapRecord = { words: 1, fields: { sender: 'sender at this place, + 1' }, offsets: { sender: 0 } }

/** Differences between two states of one configuration, those that the digest covers first; at most `limit`. */
export function describeDifferences(
  config: MachineConfig,
  first: Int32Array,
  second: Int32Array,
  limit = 50,
): StateDifference[] {
  const live: StateDifference[] = []
  const others: StateDifference[] = []
  for (const section of sectionsOf(config, first, second)) {
    const { at, count, record } = section
    for (let index = 0; index < count; index++) {
      for (let word = 0; word < record.words; word++) {
        const where = at + index * record.words + word
        const values = [first[where] as number, second[where] as number] as const
        if (values[0] === values[1]) continue
        const isLive = section.isLive(index)
        const list = isLive ? live : others
        if (list.length < limit) {
          list.push({ record: section.name(index), ...describeField(record, word), isLive, values })
        }
      }
    }
  }
  return [...live, ...others].slice(0, limit)
}

/** One line: `connection 0: sndUna (SND.UNA: oldest byte not acknowledged) is 17 and 18`. */
export function formatDifference({ record, field, meaning, isLive, values }: StateDifference): string {
  const note = isLive ? '' : ', not in the digest'
  return `${record}: ${field} (${meaning}) is ${values[0]} and ${values[1]}${note}`
}

function describeField(record: RecordKind<Declarations>, word: number): { field: string; meaning: string } {
  let found = { field: `word ${word}`, meaning: '' }
  for (const [name, declaration] of Object.entries(record.fields)) {
    const offset = record.offsets[name] as number
    if (offset > word) break
    const isTable = typeof declaration !== 'string'
    found = {
      field: isTable ? `${name}[${word - offset}]` : name,
      meaning: isTable ? declaration[0] : declaration,
    }
  }
  return found
}

/** In the order of the layout; the rings of sent segments last. */
function sectionsOf(config: MachineConfig, first: Int32Array, second: Int32Array): Section[] {
  const layout = planLayout(config)
  const always = () => true
  const table = (
    name: string,
    at: number,
    count: number,
    record: unknown,
    isLive: Section['isLive'],
  ): Section => ({
    at,
    count,
    record: record as Section['record'],
    name: (index) => `${name} ${index}`,
    isLive,
  })
  const rings = Array.from({ length: config.connectionCount }, (_, connection) => ({
    ...table(
      'segment',
      layout.segments + connection * layout.ringWords,
      config.segmentCount,
      segmentRecord,
      (slot) => [first, second].some((state) => isInFlight(state, layout, config, connection, slot)),
    ),
    name: (slot: number) => `segment ${slot} of connection ${connection}`,
  }))
  const composites = Array.from({ length: compositeCount(config) }, (_, index) => {
    const at = layout.composites + index * layout.compositeWords
    const sentAt = at + compositeRecord.words
    const of = (section: Section): Section => ({
      ...section,
      name: (k) => `${section.name(k)} of composite ${index}`,
    })
    const window = layout.messageWindow
    return [
      { ...table('composite', at, 1, compositeRecord, always), name: () => `composite ${index}` },
      of(table('sent message', sentAt, window, sentMessageRecord, always)),
      of(table('arrived message', sentAt + window * sentMessageRecord.words, window, arrivedRecord, always)),
    ]
  })
  return [
    { ...table('globals', layout.globals, 1, globalRecord, always), name: () => 'globals' },
    table('neighbor', layout.neighbors, neighborCount(config), neighborRecord, always),
    table('listener', layout.listeners, config.listenerCount, listenerRecord, always),
    ...senderNames.map((name) =>
      table(
        `sender of ${name}`,
        layout.senders + layout.firstSender[name] * senderRecord.words,
        senderCounts[name](config),
        senderRecord,
        always,
      ),
    ),
    table('timer heap', layout.timers, layout.senderCount, heapRecord, always),
    table('connection', layout.connections, config.connectionCount, tcbRecord, always),
    ...rings,
    table('TIME-WAIT entry', layout.timeWait, config.timeWaitCount, timeWaitRecord, always),
    table('tuple hash', layout.hash, layout.hashWords, hashRecord, always),
    table('UDP socket', layout.datagramSockets, config.datagramSocketCount, datagramSocketRecord, always),
    table(
      'waiting datagram',
      layout.waitingDatagrams,
      waitingDatagramCount(config),
      waitingDatagramRecord,
      always,
    ),
    ...composites.flat(),
  ]
}

function isInFlight(
  state: Int32Array,
  layout: Layout,
  config: MachineConfig,
  connection: number,
  slot: number,
): boolean {
  if (word(state, layout, connection, 'state') === State.closed) return false
  const head = word(state, layout, connection, 'ringHead')
  const count = (word(state, layout, connection, 'ringTail') - head) | 0
  return ((slot - head) & (config.segmentCount - 1)) < count
}

function word(
  state: Int32Array,
  layout: Layout,
  connection: number,
  field: keyof typeof tcbRecord.fields,
): number {
  return state[layout.connections + connection * tcbRecord.words + tcbRecord.offsets[field]] as number
}
