/** Decoded headers are merged where a device merges their frames, and nowhere else. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildSegment, readByDevice, type SuperFrame } from '../../device/simulated/testing/offload-bench.ts'
import { decodeFrame } from '../../wire/frame.ts'
import { HeaderWord, OptionBit, TcpFlag, Verdict } from '../../wire/header.ts'
import { virtioHeaderBytes } from '../../wire/virtio.ts'
import { HeadMerger } from './merged-head.ts'

function mostly(usual: number, ...others: number[]): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  )
}

/** Mostly the next segment of one flow; now and then something differs. */
const segments: fc.Arbitrary<readonly Partial<SuperFrame>[]> = fc
  .array(
    fc.record({
      payloadBytes: mostly(100, 60, 120),
      gapBytes: mostly(0, 1),
      flags: mostly(0, TcpFlag.psh, TcpFlag.fin, TcpFlag.cwr, TcpFlag.ece, TcpFlag.rst),
      acknowledgment: mostly(7, 8),
      window: mostly(500, 501),
      options: mostly(OptionBit.timestamps as number, 0),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) => {
    let sequence = -150
    return drawn.map(({ gapBytes, flags, ...fields }, identification) => {
      const at = (sequence + gapBytes) | 0
      sequence = (at + fields.payloadBytes) | 0
      return { ...fields, identification, sequence: at, flags: flags | TcpFlag.ack }
    })
  })

function decode(frame: Uint8Array, trusted: boolean): Int32Array {
  const bytes = new Uint8Array(512 + 4 * Math.ceil(frame.length / 4))
  bytes.set(frame, 512)
  const words = new Int32Array(bytes.buffer)
  expect(decodeFrame(bytes, 512, frame.length, words, 0, trusted)).toBe(Verdict.accepted)
  return words.slice(0, 64)
}

function mergeHeads(heads: readonly Int32Array[]): Int32Array[] {
  const merger = new HeadMerger()
  const merged: Int32Array[] = []
  for (const head of heads) {
    const last = merged.at(-1)
    const joined = last === undefined ? undefined : merger.join(last, head)
    if (joined !== undefined) merged[merged.length - 1] = joined
    else {
      merged.push(head)
      merger.begin(head)
    }
  }
  return merged
}

const told = (head: Int32Array) =>
  [HeaderWord.sequence, HeaderWord.payloadLength, HeaderWord.flags].map((word) => head[word])

test('headers and frames are merged alike', () => {
  let merges = 0
  fc.assert(
    fc.property(segments, (drawn) => {
      const frames = drawn.map((fields) => buildSegment(fields))
      const byDevice = readByDevice(frames).map((frame) => decode(frame.subarray(virtioHeaderBytes), true))
      const byHead = mergeHeads(frames.map((frame) => decode(frame, false)))
      merges += frames.length - byHead.length
      expect(byHead.map(told)).toEqual(byDevice.map(told))
    }),
    { seed: 3, numRuns: 300 },
  )
  expect(merges).toBeGreaterThan(100)
})
