import { describe, expect, test } from 'vitest'
import { frameJson, parseParameters, parseResults, Refusal, resultsOf } from './protocol.ts'

/** As iperf3 3.12 sends it. */
const asked = {
  tcp: true,
  omit: 0,
  time: 0,
  num: 1_000_000,
  blockcount: 0,
  parallel: 4,
  len: 131_072,
  pacing_timer: 1000,
  repeating_payload: 1,
  client_version: '3.12',
}

describe('parameters', () => {
  test('what a client asks for', () => {
    expect(parseParameters(asked)).toEqual({
      streams: 4,
      blockBytes: 131_072,
      reverse: false,
      totalBytes: 1_000_000,
    })
    expect(parseParameters({ ...asked, num: 0, blockcount: 3, reverse: true })).toMatchObject({
      totalBytes: 3 * 131_072,
      reverse: true,
    })
  })

  test.each<[string, unknown]>([
    ['no object', [asked]],
    ['nothing', null],
    ['UDP', { ...asked, tcp: undefined, udp: true }],
    ['both directions', { ...asked, bidirectional: true }],
    ['seconds to leave out', { ...asked, omit: 2 }],
    ['no stream', { ...asked, parallel: 0 }],
    ['more streams than a test has', { ...asked, parallel: 65 }],
    ['half a stream', { ...asked, parallel: 0.5 }],
    ['blocks of nothing', { ...asked, len: 0 }],
    ['blocks of a gigabyte', { ...asked, len: 2 ** 30 }],
    ['fewer bytes than none', { ...asked, num: -1 }],
    ['more bytes than numbers', { ...asked, num: 1e300 }],
    ['bytes as text', { ...asked, num: '1000' }],
    ['a rate where we send', { ...asked, reverse: true, bandwidth: 1e6 }],
  ])('%s: refused', (_, parameters) => {
    expect(() => parseParameters(parameters)).toThrow(Refusal)
  })
})

describe('results', () => {
  const streams = [
    { id: 1, bytes: 10 },
    { id: 4, bytes: 30 },
    { id: 3, bytes: 20 },
  ]

  test('iperf3 numbers its streams 1, 3, 4', () => {
    expect(parseResults({ streams }, 3)).toEqual([10, 20, 30])
    const told = resultsOf(
      [10, 20, 30].map((bytes) => ({ bytes, seconds: 2 })),
      { isSender: false, userPercent: 1, systemPercent: 2 },
    )
    expect(parseResults(told, 3)).toEqual([10, 20, 30])
  })

  test.each<[string, unknown]>([
    ['of fewer streams', { streams: streams.slice(1) }],
    ['of other streams', { streams: streams.map(({ bytes }) => ({ id: 7, bytes })) }],
    ['of too many streams', { streams: Array.from({ length: 65 }, () => streams[0]) }],
    ['with fewer bytes than none', { streams: [{ id: 1, bytes: -1 }, ...streams.slice(1)] }],
    ['of no streams', {}],
    ['no results', 7],
  ])('%s: refused', (_, results) => {
    expect(() => parseResults(results, 3)).toThrow(Refusal)
  })
})

test('JSON is behind its length', () => {
  expect([...frameJson({ a: 'é' })]).toEqual([0, 0, 0, 10, ...new TextEncoder().encode('{"a":"é"}')])
})
