import { expect, test } from 'vitest'
import { decodeFrame } from '../../wire/frame.ts'
import { Format, HeaderWord, TcpFlag, Verdict } from '../../wire/header.ts'
import {
  Bench,
  ourHardware,
  ours,
  segment,
  theirHardware,
  theirs,
} from '../../wire/testing/frame-fixtures.ts'
import { mtuAt, NarrowPath, type PathMtu } from './narrow-path.ts'

/** What passes, and what comes back, when segments of these sizes (of their IP packets) are sent. */
function send(changes: readonly PathMtu[], packetBytes: readonly number[]) {
  const bench = new Bench()
  const passed: number[] = []
  const errors: Uint8Array[] = []
  const onward = { send: (_: Uint8Array, __: number, length: number) => passed.push(length - 14) > 0 }
  const back = { send: (from: Uint8Array) => errors.push(from.slice()) > 0 }
  const path = new NarrowPath(onward, back, changes)
  for (const size of packetBytes) {
    const length = bench.tcp(
      segment({ sourcePort: 80, destinationPort: 4000, sequence: -9, flags: TcpFlag.ack }),
      size - 40,
    )
    path.send(bench.bytes, bench.frameAt, length)
  }
  return { passed, errors }
}

test('what fits passes, from the frame of a change on', () => {
  const changes = [
    { frame: 1, mtuBytes: 1000 },
    { frame: 3, mtuBytes: 1400 },
  ]
  const { passed, errors } = send(changes, [1500, 1500, 1000, 1400, 1401])
  expect(passed).toEqual([1500, 1000, 1400])
  expect(errors).toHaveLength(2)
})

test('before the first change everything passes', () => {
  expect(mtuAt([{ frame: 2, mtuBytes: 500 }], 1)).toBe(Number.POSITIVE_INFINITY)
  expect(mtuAt([{ frame: 2, mtuBytes: 500 }], 2)).toBe(500)
})

test('the sender is told which packet was refused, and what would pass', () => {
  const { errors } = send([{ frame: 0, mtuBytes: 1280 }], [1500])
  const [error = new Uint8Array()] = errors
  const bench = new Bench()
  bench.bytes.set(error, bench.frameAt)
  expect(decodeFrame(bench.bytes, bench.frameAt, error.length, bench.words, 0, false)).toBe(Verdict.accepted)
  expect(error.length).toBe(14 + 576)
  expect(bench.head(HeaderWord.format)).toBe(Format.icmpError)
  expect([bench.head(HeaderWord.icmpType), bench.head(HeaderWord.icmpCode)]).toEqual([3, 4])
  expect(bench.head(HeaderWord.nextHopMtu)).toBe(1280)
  expect(bench.head(HeaderWord.quotedSequence)).toBe(-9)
  expect(bench.ipv4(HeaderWord.quotedSource)).toBe(theirs)
  expect(bench.ipv4(HeaderWord.quotedDestination)).toBe(ours)
  // It goes to the sender of the packet.
  expect(bench.ipv4(HeaderWord.ipDestination)).toBe(theirs)
  expect(bench.head(HeaderWord.etherDestinationLow)).toBe(theirHardware.low)
  expect(bench.head(HeaderWord.etherSourceLow)).toBe(ourHardware.low)
})

test('what is no IP packet passes', () => {
  const bench = new Bench()
  const sent: number[] = []
  const onward = { send: (_: Uint8Array, __: number, length: number) => sent.push(length) > 0 }
  const path = new NarrowPath(onward, { send: () => true }, [{ frame: 0, mtuBytes: 1 }])
  path.send(bench.bytes, bench.frameAt, bench.arp())
  expect(sent).toHaveLength(1)
})
