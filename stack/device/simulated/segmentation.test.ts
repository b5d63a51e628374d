import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readInt32, readUint16 } from '../../wire/big-endian.ts'
import { decodeFrame } from '../../wire/frame.ts'
import { TcpFlag, Verdict } from '../../wire/header.ts'
import { Ipv4Offset } from '../../wire/ipv4.ts'
import { TcpOffset } from '../../wire/tcp.ts'
import { virtioHeaderBytes } from '../../wire/virtio.ts'
import { ipAt, tcpAt, tcpHeaderLength } from './segmentation.ts'
import { buildSuperFrame, cutByDevice, plainSuperFrame, superFrames } from './testing/offload-bench.ts'

const headOf = (frame: Uint8Array) => ({
  identification: readUint16(frame, ipAt + Ipv4Offset.identification),
  packetBytes: readUint16(frame, ipAt + Ipv4Offset.totalLength),
  sequence: readInt32(frame, tcpAt + TcpOffset.sequence),
  flags: frame[tcpAt + TcpOffset.flags],
})

const payloadOf = (frame: Uint8Array) => frame.subarray(tcpAt + tcpHeaderLength(frame, tcpAt))

/** What a receiver says that trusts nobody. */
function verdictOf(frame: Uint8Array): number {
  const bytes = new Uint8Array(Math.ceil(frame.length / 4) * 4 + 512)
  bytes.set(frame, 512)
  return decodeFrame(bytes, 512, frame.length, new Int32Array(bytes.buffer), 0, false)
}

test('identification, length, sequence number and flags are those of each piece', () => {
  const { ack, psh, fin, cwr } = TcpFlag
  const pieces = cutByDevice(buildSuperFrame({ ...plainSuperFrame, flags: ack | psh | fin | cwr }))
  const packet = (payload: number): number => 20 + 32 + payload
  expect(pieces.map(headOf)).toEqual([
    { identification: 0xfffe, packetBytes: packet(1448), sequence: -3000, flags: ack | cwr },
    { identification: 0xffff, packetBytes: packet(1448), sequence: -1552, flags: ack },
    { identification: 0, packetBytes: packet(1448), sequence: -104, flags: ack },
    { identification: 1, packetBytes: packet(656), sequence: 1344, flags: ack | psh | fin },
  ])
})

test('options are those of the super-frame', () => {
  const frame = buildSuperFrame({ ...plainSuperFrame, sackBlocks: [5, 6] }).subarray(virtioHeaderBytes)
  const optionsEnd = tcpAt + tcpHeaderLength(frame, tcpAt)
  const options = (of: Uint8Array) => [...of.subarray(tcpAt + TcpOffset.options, optionsEnd)]
  const pieces = cutByDevice(buildSuperFrame({ ...plainSuperFrame, sackBlocks: [5, 6] }))
  expect(options(frame)).toHaveLength(24)
  for (const piece of pieces) expect(options(piece)).toEqual(options(frame))
})

test('what fits one piece is sent as it is, with its checksum', () => {
  const [only = new Uint8Array(), ...others] = cutByDevice(
    buildSuperFrame({ ...plainSuperFrame, payloadBytes: 900 }),
  )
  expect(others).toEqual([])
  expect(headOf(only)).toMatchObject({ sequence: -3000, flags: plainSuperFrame.flags })
  expect(verdictOf(only)).toBe(Verdict.accepted)
})

test('the pieces have every byte, and checksums that hold', () => {
  fc.assert(
    fc.property(superFrames, (drawn) => {
      const frame = buildSuperFrame(drawn)
      const pieces = cutByDevice(frame)
      expect(pieces.length).toBe(Math.ceil(drawn.payloadBytes / drawn.pieceBytes))
      for (const piece of pieces) expect(verdictOf(piece)).toBe(Verdict.accepted)
      const whole = payloadOf(frame.subarray(virtioHeaderBytes))
      expect(Buffer.concat(pieces.map(payloadOf)).equals(whole)).toBe(true)
    }),
    { seed: 1, numRuns: 100 },
  )
})

/** A byte of the frame with its virtio-net header that is changed, and what is said. */
test.each([
  ['another header length', 2, /other headers than described/],
  ['another place of the checksum', 8, /other headers than described/],
  [
    'another total length',
    virtioHeaderBytes + ipAt + Ipv4Offset.totalLength,
    /another length than its packet/,
  ],
  ['another protocol', virtioHeaderBytes + ipAt + Ipv4Offset.protocol, /no TCP segment/],
  ['another sum of the pseudo header', virtioHeaderBytes + tcpAt + TcpOffset.checksum, /pseudo header/],
])('a request that contradicts its frame is a defect: %s', (_, place, message) => {
  const frame = buildSuperFrame(plainSuperFrame)
  frame[place] = (frame[place] as number) ^ 1
  expect(() => cutByDevice(frame)).toThrow(message)
})

test('a device that cuts nothing refuses a super-frame', () => {
  expect(() => cutByDevice(buildSuperFrame(plainSuperFrame), false)).toThrow(/cuts none/)
})
