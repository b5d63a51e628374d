import { describe, expect, it } from 'vitest'
import { actionWords } from '../../dominoes/contract/action-queue.ts'
import { Format } from '../../wire/header.ts'
import { IcmpWord } from '../actions.ts'
import { type Head, localAddress, peerAddress, TestHost } from '../testing/host.ts'

function request(payloadLength: number, ipSource = peerAddress): Head {
  return { format: Format.icmpEcho, icmpType: 8, ipSource, ipDestination: localAddress, payloadLength }
}

interface Fragment {
  readonly offset: number
  readonly length: number
  readonly isFollowed: number
  readonly identification: number
}

/**
 * The fragments of the reply to an echo request with `payloadLength` bytes. They are read from the action queue,
 * which keeps its records after it was emptied.
 */
function reply(host: TestHost, payloadLength: number, ipSource = peerAddress): Fragment[] {
  return host.frame(request(payloadLength, ipSource)).map((_, k) => {
    const word = (at: number) => host.actions.words[k * actionWords + at] as number
    return {
      offset: word(IcmpWord.offset),
      length: word(IcmpWord.length),
      isFollowed: word(IcmpWord.isFollowed),
      identification: word(IcmpWord.identification),
    }
  })
}

describe('an echo reply', () => {
  it('that fits the MTU is one packet', () => {
    expect(reply(new TestHost(), 1472)).toEqual([
      { offset: 0, length: 1480, isFollowed: 0, identification: 0 },
    ])
  })

  it('that does not is fragments of a multiple of 8 bytes, but the last (RFC 791 section 3.2)', () => {
    const parts = reply(new TestHost({ mtuBytes: 1499 }), 4000)
    expect(parts.map(({ offset, length, isFollowed }) => [offset, length, isFollowed])).toEqual([
      [0, 1472, 1],
      [1472, 1472, 1],
      [2944, 1064, 0],
    ])
    expect(new Set(parts.map(({ identification }) => identification)).size).toBe(1)
  })

  it('may be the largest packet there is: 45 fragments of 1500 bytes', () => {
    const parts = reply(new TestHost({}, 64), 65_507)
    expect(parts).toHaveLength(45)
    expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(65_515)
  })

  it('that would take more than 48 fragments is not sent, and counted: all are emitted at once', () => {
    const host = new TestHost({ mtuBytes: 576 }, 64)
    expect(reply(host, 48 * 552 - 8)).toHaveLength(48)
    expect(reply(host, 48 * 552 - 7)).toHaveLength(0)
    expect(host.counters.echoesTooLong).toBe(1)
    expect(host.counters.echoReplies).toBe(1)
  })

  it('has an identification of its own for 65,536 replies, which starts elsewhere for another host', () => {
    const host = new TestHost()
    // Off: checking the invariants after each of 65,536 requests would take seconds.
    host.invariants = undefined
    const first = reply(host, 2000)[0] as Fragment
    const seen = new Set([first.identification])
    for (let k = 1; k < 65_536; k++) seen.add((reply(host, 2000)[0] as Fragment).identification)
    expect(seen.size).toBe(65_536)
    expect(reply(new TestHost(), 2000, peerAddress + 1)[0]?.identification).not.toBe(first.identification)
    expect(reply(new TestHost({ secret: [1, 2] }), 2000)[0]?.identification).not.toBe(first.identification)
  })
})
