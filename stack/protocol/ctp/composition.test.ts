import { describe, expect, it, test } from 'vitest'
import { UpcallError } from '../actions.ts'
import { DatagramHost } from '../testing/datagram-host.ts'
import { MessageHost } from '../testing/message-host.ts'
import { composeMicroprotocols, isComposition, refusalOf } from './composition.ts'

test.each([
  [['ordering'], /ordering needs numbering, since .*: add "numbering", or leave "ordering" out/],
  [['reliability'], /reliability needs numbering/],
  [['numbering', 'congestion'], /congestion needs reliability/],
  [['numbering', 'elegance'], /no microprotocol "elegance": name some of/],
])('%j is refused with reason and remedy', (names, message) => {
  expect(refusalOf(names)).toMatch(message)
})

test.each([
  [[], 0],
  [['numbering'], 1],
  [['ordering', 'numbering'], 3],
  [['reliability', 'numbering'], 5],
  [['numbering', 'ordering', 'reliability', 'congestion'], 15],
] as const)('%j is the set %i', (names, bits) => {
  expect(composeMicroprotocols(names)).toBe(bits)
  expect(isComposition(bits)).toBe(true)
})

describe('a socket', () => {
  test.each([2, 4, 9, 16, -5])('is not opened with the microprotocols %i', (bits) => {
    const { error } = new DatagramHost().bind(1000, { port: 2000 }, 5, bits + 1)
    expect(error).toBe(bits < 0 ? UpcallError.none : UpcallError.noComposition)
  })

  it('needs a peer for a composite', () => {
    expect(new DatagramHost().bind(1000, undefined, 5, 1).error).toBe(UpcallError.noComposition)
  })

  it('gives its composite back when it is closed, with all that belongs to it', () => {
    const host = new MessageHost(['numbering', 'reliability'])
    host.send(5)
    host.datagrams.close(host.socket)
    host.datagrams.free(host.socket)
    expect(host.passes(600_000_000)).toEqual([])
    expect(Object.values(host.composite).every((word) => word === 0)).toBe(true)
    for (let round = 0; round < 40; round += 1) {
      const { socket, error } = host.datagrams.bind(1000, { port: 2000 }, 5, 1)
      expect(error).toBe(0)
      host.datagrams.close(socket)
      host.datagrams.free(socket)
    }
  })

  it('of UDP hears no message, and a composite no datagram', () => {
    const host = new MessageHost([])
    expect(host.datagrams.hear(1000, 10, { port: 2000 })).toMatchObject([{ action: 'icmp error' }])
    expect(host.hear(0, { bits: 3 })).toEqual([])
    expect(host.host.counters.messagesMismatched).toBe(1)
    host.datagrams.close(host.socket)
    host.hear(0)
    expect(host.host.counters.messagesToNobody).toBe(1)
  })

  it('takes no message that is longer than its place', () => {
    const host = new MessageHost([])
    expect(host.hear(0, { payloadLength: 2049 })).toEqual([])
    expect(host.host.counters.messagesDropped).toBe(1)
  })
})
