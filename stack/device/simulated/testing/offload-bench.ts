/**
 * An offloading end of a link whose two directions are lists of frames, and super-frames to write to it, for tests of cutting
 * and merging.
 */
import fc from 'fast-check'
import { openRegion } from '../../../dominoes/memory/region.ts'
import { writeUint16 } from '../../../wire/big-endian.ts'
import { OptionBit, TcpFlag, TcpWord } from '../../../wire/header.ts'
import { Ipv4Offset } from '../../../wire/ipv4.ts'
import { TcpOffset, writeTcpPseudoChecksum } from '../../../wire/tcp.ts'
import { Bench, ours, segment, theirs } from '../../../wire/testing/frame-fixtures.ts'
import { virtioHeaderBytes, writeVirtioOffload } from '../../../wire/virtio.ts'
import { ipAt, tcpAt, tcpHeaderLength, writePacketLength } from '../segmentation.ts'
import { offloadCapabilities, SimulatedEndpoint } from '../simulated-endpoint.ts'

const roomBytes = 80 * 1024
const at = 256

/** What a super-frame says; `options` are OptionBit bits. */
export interface SuperFrame {
  readonly payloadBytes: number
  readonly pieceBytes: number
  readonly identification: number
  readonly sequence: number
  readonly acknowledgment: number
  readonly flags: number
  readonly window: number
  readonly options: number
  readonly timestampValue: number
  readonly sackBlocks: readonly number[]
}

export const plainSuperFrame: SuperFrame = {
  payloadBytes: 5000,
  pieceBytes: 1448,
  identification: 0xfffe,
  sequence: -3000,
  acknowledgment: 77,
  flags: TcpFlag.ack | TcpFlag.psh,
  window: 500,
  options: OptionBit.timestamps,
  timestampValue: 12345,
  sackBlocks: [],
}

const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff })

/** Of at least two pieces, and of an IP packet of 65535 bytes at most. */
export const superFrames: fc.Arbitrary<SuperFrame> = fc
  .record({
    pieceBytes: fc.integer({ min: 1, max: 1448 }),
    pieces: fc.integer({ min: 2, max: 45 }),
    lastBytes: fc.integer({ min: 1, max: 1448 }),
    identification: fc.nat(0xffff),
    sequence: int32,
    acknowledgment: int32,
    flags: fc
      .nat(0xff)
      .map((bits) => TcpFlag.ack | (bits & (TcpFlag.psh | TcpFlag.fin | TcpFlag.cwr | TcpFlag.ece))),
    window: fc.nat(0xffff),
    options: fc.constantFrom(0, OptionBit.timestamps),
    timestampValue: int32,
    sackBlocks: fc.constantFrom([], [100, 200], [100, 200, 300, 400]),
  })
  .map(({ pieces, lastBytes, ...frame }) => ({
    ...frame,
    payloadBytes: (pieces - 1) * frame.pieceBytes + Math.min(lastBytes, frame.pieceBytes),
  }))

/** The frame as a sender hands it to the device, with its virtio-net header. */
export function buildSuperFrame(frame: SuperFrame): Uint8Array {
  const { payloadBytes, pieceBytes, identification, sackBlocks, ...fields } = frame
  const bench = new Bench(at + virtioHeaderBytes, roomBytes)
  const { bytes, frameAt } = bench
  const record = segment({ sourcePort: 4000, destinationPort: 80, timestampEcho: 9, ...fields }, sackBlocks)
  const length = bench.tcp(record, payloadBytes)
  writeUint16(bytes, frameAt + ipAt + Ipv4Offset.identification, identification)
  writePacketLength(bytes, frameAt + ipAt, length - ipAt)
  writeTcpPseudoChecksum(bytes, frameAt + tcpAt, theirs, ours, length - tcpAt)
  const headerLength = tcpAt + tcpHeaderLength(bytes, frameAt + tcpAt)
  writeVirtioOffload(bytes, at, headerLength, pieceBytes, tcpAt, TcpOffset.checksum)
  return bytes.slice(at, frameAt + length)
}

/** A single segment with a complete checksum, as it is on the wire. */
export function buildSegment(fields: Partial<SuperFrame>): Uint8Array {
  const { payloadBytes, identification, sackBlocks, ...rest } = {
    ...plainSuperFrame,
    payloadBytes: 1000,
    ...fields,
  }
  const bench = new Bench(at, roomBytes)
  const named = Object.entries(rest).filter(([name]) => name in TcpWord)
  const record = segment({ sourcePort: 4000, destinationPort: 80, ...Object.fromEntries(named) }, sackBlocks)
  const length = bench.tcp(record, payloadBytes)
  writeUint16(bench.bytes, at + ipAt + Ipv4Offset.identification, identification)
  writePacketLength(bench.bytes, at + ipAt, length - ipAt)
  return bench.bytes.slice(at, at + length)
}

/** Frames that the device sends for one that is written. */
export function cutByDevice(written: Uint8Array, cuts = true): Uint8Array[] {
  const region = openRegion(new SharedArrayBuffer(roomBytes))
  const sent: Uint8Array[] = []
  const outgoing = {
    send: (from: Uint8Array, start: number, length: number) =>
      sent.push(from.slice(start, start + length)) > 0,
  }
  const none = { peek: () => 0, receive: () => 0 }
  const end = new SimulatedEndpoint(region, { capabilities: offloadCapabilities(cuts) }, outgoing, none)
  region.bytes.set(written, at)
  end.write(at, written.length)
  return sent
}

/** Frames that are read, with their virtio-net headers, if all of these have arrived. */
export function readByDevice(arrived: readonly Uint8Array[], merges = true): Uint8Array[] {
  const region = openRegion(new SharedArrayBuffer(roomBytes))
  const waiting = [...arrived]
  const peek = (to: Uint8Array, start: number, limit: number): number => {
    const next = (waiting[0] ?? new Uint8Array()).subarray(0, limit)
    to.set(next, start)
    return next.length
  }
  const incoming = {
    peek,
    receive: (to: Uint8Array, start: number, limit: number) => {
      const length = peek(to, start, limit)
      waiting.shift()
      return length
    },
  }
  const capabilities = offloadCapabilities(true)
  const end = new SimulatedEndpoint(region, { capabilities, merges }, { send: () => true }, incoming)
  const limit = capabilities.frameBytes + virtioHeaderBytes
  const frames: Uint8Array[] = []
  for (let length = end.read(at, limit); length > 0; length = end.read(at, limit)) {
    frames.push(region.bytes.slice(at, at + length))
  }
  return frames
}
