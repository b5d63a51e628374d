import { expect, test } from 'vitest'
import type { Ended } from '../host-side.ts'
import { eventsAt, factsOf } from './host-side.ts'

const source = {
  bytesSent: 1000,
  closed: true,
  failure: null,
  measuredBytes: 900,
  measuredMicros: 90,
  tcpInfo: {},
  cpuMicros: 5,
  perConnection: [],
}
const sink = {
  bytesReceived: 1000,
  bytesVerified: 1000,
  firstMismatch: null,
  reset: null,
  measuredBytes: 900,
  measuredMicros: 100,
  tcpInfo: {},
  cpuMicros: 5,
  perConnection: [],
  shares: null,
}

function ended(more: Partial<Ended> = {}): Ended {
  const both = { stack: 1, peer: 2 }
  const seen = {
    cpuMicros: both,
    memoryBytes: both,
    stack: { 'Tcp.RetransSegs': 3 },
    peer: { 'Tcp.RetransSegs': 4 },
  }
  return { stack: source, protocol: undefined, peer: sink, seen, ...more }
}

test('between Linux hosts the kernels tell what happened to segments', () => {
  const { sender, receiver } = factsOf({ direction: 'send' }, ended())
  expect([sender.retransmitted, receiver.retransmitted]).toEqual([3, 4])
})

test('where another stack had the connection, its kernel’s counters are of something else', () => {
  const { sender, receiver, measuredBytes, sent } = factsOf(
    { direction: 'send' },
    ended({ isUncounted: true }),
  )
  expect(Object.values(sender)).toEqual([null, null, null, null, null])
  expect(receiver.retransmitted).toBe(4)
  expect({ measuredBytes, sent }).toEqual({ measuredBytes: 900, sent: 1000 })
})

test('our machine’s counters are asked before any kernel’s', () => {
  const events = eventsAt({ protocol: { retransmits: 7 }, counters: { 'Tcp.RetransSegs': 3 } })
  expect(events).toMatchObject({ retransmitted: 7, duplicatesSeen: null })
})

test('a sender that failed is an error', () => {
  const failed = { ...source, failure: 'OSError: reset' }
  expect(() => factsOf({ direction: 'send' }, ended({ stack: failed }))).toThrow('OSError: reset')
})
