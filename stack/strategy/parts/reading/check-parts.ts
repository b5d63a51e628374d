/**
 * Decodes and verifies a request whose frame is not in one place: a burst, or a segment with its payload in a receive ring.
 * The reader saw to it that all its segments are plain: IPv4 without options or fragments, TCP. Any thread; allocates nothing.
 */
import { SlotWord } from '../../../dominoes/contract/slot.ts'
import type { Region } from '../../../dominoes/memory/region.ts'
import { readUint16 } from '../../../wire/big-endian.ts'
import { addSums, sumBytes, sumHeader, sumHolds, sumPseudoHeader } from '../../../wire/checksum.ts'
import { ethernetHeaderBytes } from '../../../wire/ethernet.ts'
import { decodeFrame } from '../../../wire/frame.ts'
import { HeaderWord, Verdict } from '../../../wire/header.ts'
import {
  IpProtocol,
  ipv4Destination,
  ipv4HeaderBytes,
  ipv4Source,
  ipv4TotalLength,
} from '../../../wire/ipv4.ts'
import { TcpOffset } from '../../../wire/tcp.ts'
import { virtioHeaderBytes, virtioTrustsChecksum } from '../../../wire/virtio.ts'
import { ringAround, type StreamBuffers } from '../../layout/stream-buffers.ts'
import { HostArgument, readingAt } from '../slot-frame.ts'
import { burstHeadersAt, segmentHeaderAt } from './burst-layout.ts'

export interface PartsLayout {
  readonly region: Region
  readonly slotBytes: number
  readonly virtioHeader: boolean
  readonly buffers: StreamBuffers
}

/**
 * Decodes the headers of the first segment into the slot's head, with the payload of all; returns a `Verdict`. With
 * `verifies` it sums what no device vouches for, and leaves out the first segment that is damaged and all behind it.
 */
export function checkParts(layout: PartsLayout, slot: number, verifies: boolean): number {
  const { bytes, words } = layout.region
  const head = slot + SlotWord.head
  const frameBytes = words[slot + SlotWord.length] as number
  const verdict = decodeFrame(bytes, readingAt(slot), frameBytes, words, head, true)
  if (verdict !== Verdict.accepted) return verdict
  const sound = verifies ? soundBytes(layout, slot) : (words[slot + HostArgument.payloadBytes] as number)
  if (sound === 0) return Verdict.badChecksum
  words[head + HeaderWord.payloadLength] = sound
  return verdict
}

/** Bytes of payload up to the first segment whose checksums do not hold. */
export function soundBytes(layout: PartsLayout, slot: number): number {
  const { region, slotBytes, virtioHeader } = layout
  const { bytes, words } = region
  const segments = 1 + (words[slot + HostArgument.merged] as number)
  const headersAt = burstHeadersAt(slot, slotBytes)
  let sound = 0
  for (let index = 0; index < segments; index++) {
    const frameAt = segmentHeaderAt(slot, headersAt, index)
    const ipAt = frameAt + ethernetHeaderBytes
    const tcpAt = ipAt + ipv4HeaderBytes
    const tcpBytes = ((bytes[tcpAt + TcpOffset.dataOffset] as number) >> 4) << 2
    const payload = ipv4TotalLength(bytes, ipAt) - ipv4HeaderBytes - tcpBytes
    if (!sumHolds(sumHeader(bytes, ipAt, ipv4HeaderBytes))) break
    const isVouchedFor = virtioHeader && virtioTrustsChecksum(bytes, frameAt - virtioHeaderBytes)
    if (!isVouchedFor) {
      const sum =
        sumPseudoHeader(
          ipv4Source(bytes, ipAt),
          ipv4Destination(bytes, ipAt),
          IpProtocol.tcp,
          tcpBytes + payload,
        ) +
        sumBytes(bytes, words, tcpAt, tcpBytes) +
        sumPayload(layout, slot, sound, payload)
      if (!sumHolds(sum)) break
    }
    sound += payload
  }
  return sound
}

/** The sum of `length` bytes of the payload of all segments, from byte `from` on. */
function sumPayload({ region, buffers }: PartsLayout, slot: number, from: number, length: number): number {
  const { bytes, words } = region
  const placedAt = words[slot + HostArgument.placedAt] as number
  if (placedAt === 0) return sumBytes(bytes, words, payloadAt(bytes, slot) + from, length)
  const { receiveBytes } = buffers
  const ring = ringAround(buffers, placedAt)
  const offset = (placedAt - ring + from) & (receiveBytes - 1)
  const first = Math.min(length, receiveBytes - offset)
  const sum = sumBytes(bytes, words, ring + offset, first)
  return first === length ? sum : addSums(sum, sumBytes(bytes, words, ring, length - first), first)
}

/** Byte offset of the payload behind the headers of the first segment. */
function payloadAt(bytes: Uint8Array, slot: number): number {
  const tcpAt = readingAt(slot) + ethernetHeaderBytes + ipv4HeaderBytes
  return tcpAt + ((readUint16(bytes, tcpAt + TcpOffset.dataOffset) >> 12) << 2)
}
