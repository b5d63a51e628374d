import { expect, test } from 'vitest'
import { testConfig } from '../testing/host.ts'
import { describeDifferences, formatDifference } from './describe.ts'
import { globalRecord } from './globals.ts'
import { planLayout } from './layout.ts'
import { senderRecord } from './sender.ts'
import { segmentRecord } from './sent-segment.ts'
import { neighborRecord } from './tables.ts'
import { State, tcbRecord } from './tcb.ts'

const layout = planLayout(testConfig)

/** Two equal states with connection 1 open and three segments in flight, the ring wrapped. */
function states(): [Int32Array, Int32Array] {
  const state = new Int32Array(layout.words)
  const tcb = tcbRecord.cursor(state, layout.connections + tcbRecord.words)
  tcb.state = State.established
  tcb.ringHead = testConfig.segmentCount - 1
  tcb.ringTail = testConfig.segmentCount + 2
  return [state, state.slice()]
}

const segmentAt = (connection: number, slot: number) =>
  layout.segments + connection * layout.ringWords + slot * segmentRecord.words

test('equal states have no differences', () => {
  expect(describeDifferences(testConfig, ...states())).toEqual([])
})

test.each([
  { where: layout.globals + globalRecord.offsets.millis, record: 'globals', field: 'millis' },
  {
    where: layout.neighbors + 3 * neighborRecord.words + neighborRecord.offsets.deadline,
    record: 'neighbor 3',
    field: 'deadline',
  },
  {
    where: layout.connections + tcbRecord.words + tcbRecord.offsets.sndUna,
    record: 'connection 1',
    field: 'sndUna',
  },
  {
    where: layout.connections + tcbRecord.words + tcbRecord.offsets.ranges + 5,
    record: 'connection 1',
    field: 'ranges[5]',
  },
  {
    where: layout.senders + senderRecord.words + senderRecord.offsets.deadline,
    record: 'sender of connection 1',
    field: 'deadline',
  },
  {
    where: layout.senders + layout.firstSender.neighbor * senderRecord.words,
    record: 'sender of neighbor 0',
    field: 'isPending',
  },
  { where: layout.timers + 2, record: 'timer heap 2', field: 'sender' },
  {
    where: segmentAt(1, 1) + segmentRecord.offsets.sentAt,
    record: 'segment 1 of connection 1',
    field: 'sentAt',
  },
  {
    where: segmentAt(1, testConfig.segmentCount - 1),
    record: `segment ${testConfig.segmentCount - 1} of connection 1`,
    field: 'start',
  },
])('$field of $record is named, and covered by the digest', ({ where, record, field }) => {
  const [first, second] = states()
  second[where] = (second[where] as number) + 5
  const values = [first[where], second[where]]
  expect(describeDifferences(testConfig, first, second)).toMatchObject([
    { record, field, isLive: true, values },
  ])
})

test.each([
  { where: segmentAt(1, 2), record: 'segment 2 of connection 1' },
  { where: segmentAt(0, 0), record: 'segment 0 of connection 0' },
])('a word of $record that no digest covers is told last', ({ where, record }) => {
  const [first, second] = states()
  second[where] = 9
  second[layout.globals] = 1
  expect(describeDifferences(testConfig, first, second)).toMatchObject([
    { record: 'globals', isLive: true },
    { record, isLive: false },
  ])
})

test('a difference is told with its meaning, and no more are told than asked for', () => {
  const [first, second] = states()
  second.fill(3, layout.globals, layout.globals + 10)
  const differences = describeDifferences(testConfig, first, second, 2)
  expect(differences).toHaveLength(2)
  expect(differences.map(formatDifference)[0]).toBe(
    'globals: clockStarted (1 once a request was applied) is 0 and 3',
  )
})
