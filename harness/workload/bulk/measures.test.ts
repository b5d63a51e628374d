import { expect, test } from 'vitest'
import { measure } from '../measuring.ts'
import { type BulkFacts, bulkMeasures } from './measures.ts'

const events = {
  retransmitted: null,
  duplicatesReported: null,
  duplicatesSeen: null,
  queuedOutOfOrder: null,
  duplicateAcks: null,
}
const facts: BulkFacts = {
  bytesReceived: 100,
  measuredBytes: 100,
  measuredMicros: 100,
  shares: null,
  cpuMicros: { stack: 1, peer: 1 },
  processorTime: undefined,
  sleeps: undefined,
  sender: events,
  receiver: events,
}

test.each([
  ['three that got the same', [40, 40, 40], 1],
  ['one that got all', [90, 0, 0], 1 / 3],
  ['nobody that got anything', [0, 0, 0], null],
  ['one connection, with nobody to share with', [40], null],
  ['no time in which all were under way', null, null],
])('the fairness of %s', (_, shares, index) => {
  const { jainIndex } = measure(bulkMeasures, { ...facts, shares })
  if (index === null) expect(jainIndex).toBeNull()
  else expect(jainIndex).toBeCloseTo(index, 12)
})
