import { describe, expect, test } from 'vitest'
import { OptionBit, TcpFlag, TcpWord, Verdict } from './header.ts'
import { decodeTcpOptions, sackBlockLimit, tcpOptionBytes, writeTcpOptions } from './tcp-options.ts'
import { segment } from './testing/frame-fixtures.ts'

const { maximumSegment, windowScale, sackPermitted, timestamps } = OptionBit

function written(record: Int32Array): number[] {
  const bytes = new Uint8Array(64)
  return [...bytes.subarray(0, writeTcpOptions(bytes, 0, record, 0))]
}

function decoded(options: readonly number[], flags: number): { verdict: number; record: Int32Array } {
  const record = new Int32Array(20)
  const verdict = decodeTcpOptions(Uint8Array.from(options), 0, options.length, record, 0, flags)
  return { verdict, record }
}

test('a SYN has the options in the order of Linux', () => {
  const record = segment({
    options: maximumSegment | windowScale | sackPermitted | timestamps,
    maximumSegment: 1460,
    windowScale: 7,
    timestampValue: 0x01020304,
    timestampEcho: 0,
  })
  expect(written(record)).toEqual([2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7])
})

test('timestamps alone are padded in front', () => {
  const record = segment({ options: timestamps, timestampValue: -1, timestampEcho: 1 })
  expect(written(record)).toEqual([1, 1, 8, 10, 255, 255, 255, 255, 0, 0, 0, 1])
})

test('every set of options and blocks comes back, in as many bytes as was said', () => {
  for (let options = 0; options < 16; options++) {
    for (let sackCount = 0; sackCount <= sackBlockLimit(options); sackCount++) {
      const blocks = Array.from({ length: sackCount * 2 }, (_, edge) => edge * 1000 - 3000)
      const present = (bit: number, value: number): number => ((options & bit) !== 0 ? value : 0)
      const record = segment(
        {
          options,
          maximumSegment: present(maximumSegment, 536),
          windowScale: present(windowScale, 14),
          timestampValue: present(timestamps, -77),
          timestampEcho: present(timestamps, 78),
        },
        blocks,
      )
      const bytes = written(record)
      expect(bytes.length).toBe(tcpOptionBytes(options, sackCount))
      expect(bytes.length % 4).toBe(0)
      expect(bytes.length).toBeLessThanOrEqual(40)
      const result = decoded(bytes, TcpFlag.syn)
      expect(result.verdict).toBe(Verdict.accepted)
      expect([...result.record]).toEqual([...record])
    }
  }
})

test('three blocks fit beside timestamps and four without', () => {
  expect(sackBlockLimit(timestamps)).toBe(3)
  expect(sackBlockLimit(0)).toBe(4)
})

describe('decoding', () => {
  test('options that belong in a SYN are skipped in any other segment', () => {
    const { verdict, record } = decoded([2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 1, 1], TcpFlag.ack)
    expect(verdict).toBe(Verdict.accepted)
    expect([...record]).toEqual([...new Int32Array(20)])
  })

  test('an unknown kind is skipped by its length, and nothing is read after the end', () => {
    const { verdict, record } = decoded([254, 4, 9, 9, 2, 4, 5, 180, 0, 3, 0, 0], TcpFlag.syn)
    expect(verdict).toBe(Verdict.accepted)
    expect(record[TcpWord.options]).toBe(maximumSegment)
    expect(record[TcpWord.maximumSegment]).toBe(1460)
  })

  test('a window scale above 14 counts as 14', () => {
    expect(decoded([3, 3, 255, 0], TcpFlag.syn).record[TcpWord.windowScale]).toBe(14)
  })

  test.each([
    ['no length', [1, 1, 1, 254]],
    ['a length of 0', [254, 0, 0, 0]],
    ['a length of 1', [254, 1, 0, 0]],
    ['a length beyond the header', [254, 5, 0, 0]],
    ['a short maximum segment size', [2, 3, 0, 0]],
    ['a long window scale', [3, 4, 1, 1]],
    ['a long SACK-permitted', [4, 3, 0, 0]],
    ['short timestamps', [8, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['SACK without blocks', [5, 2, 0, 0]],
    ['half a SACK block', [5, 6, 0, 0, 0, 0, 0, 0]],
  ])('%s is malformed', (_name, options) => {
    expect(decoded(options, TcpFlag.syn).verdict).toBe(Verdict.malformed)
  })
})
