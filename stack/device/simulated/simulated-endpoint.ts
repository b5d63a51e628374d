/**
 * One end of a simulated link: a device that writes to one direction and reads from the other. With a virtio-net header it
 * does what a network interface does: it completes checksums, cuts super-frames (`segmentation.ts`), vouches for checksums
 * that hold, and, if asked to, merges segments that have arrived together (`merging.ts`). One that takes larger frames than
 * arrive only sends so: it vouches for nothing. The link carries single frames, so each of them has its own fate there. One
 * thread.
 */
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from '../../wire/ethernet.ts'
import { transportChecksumHolds } from '../../wire/frame.ts'
import { IpProtocol, ipv4Protocol } from '../../wire/ipv4.ts'
import { isFragment, packetLimitBytes } from '../../wire/ipv4-fragment.ts'
import { TcpOffset } from '../../wire/tcp.ts'
import {
  virtioChecksumOffset,
  virtioChecksumStart,
  virtioHeaderBytes,
  virtioNeedsChecksum,
  virtioSegmentBytes,
  writeVirtioOffload,
  writeVirtioPlain,
  writeVirtioValid,
} from '../../wire/virtio.ts'
import { type Device, type DeviceCapabilities, type FrameParts, sentFrameBytesOf } from '../device.ts'
import type { FrameEntrance, FrameExit } from './frame-direction.ts'
import {
  appendToHeld,
  completeHeld,
  type HeldFrame,
  joinsHeld,
  mayBeFollowed,
  mergeablePayload,
} from './merging.ts'
import { checkSegmentation, completeChecksum } from './offload-request.ts'
import { ipAt, pieceCount, tcpAt, tcpHeaderLength, writePiece } from './segmentation.ts'

/** What is at one end of a link. */
export interface SimulatedEnd {
  readonly capabilities: DeviceCapabilities
  /** Segments that arrived together are read as one frame. Needs `offloadCapabilities`. Default: they are not. */
  readonly merges?: boolean
}

/** A device that takes single frames, and does nothing to them. */
export function plainEnd(frameBytes: number): SimulatedEnd {
  return { capabilities: { frameBytes, virtioHeader: false, checksumOffload: false } }
}

/** A device with a virtio-net header and frames of up to 64 KB; `cuts`: also those that are written. */
export function offloadCapabilities(cuts: boolean): DeviceCapabilities {
  return {
    frameBytes: ethernetHeaderBytes + packetLimitBytes,
    virtioHeader: true,
    checksumOffload: true,
    segmentationOffload: cuts,
  }
}

/** The same for what is sent; single frames arrive, of `frameBytes` at most, and nobody has verified them (GSO). */
function sendingOffloadCapabilities(frameBytes: number): DeviceCapabilities {
  const { frameBytes: sentFrameBytes, ...offload } = offloadCapabilities(true)
  return { ...offload, frameBytes, sentFrameBytes }
}

/** A device that cuts what is written, merges what arrived, does both or neither. One that only cuts receives single frames. */
export function endThat(does: { cuts: boolean; merges: boolean }, frameBytes: number): SimulatedEnd {
  const { cuts, merges } = does
  if (merges) return { capabilities: offloadCapabilities(cuts), merges }
  return cuts ? { capabilities: sendingOffloadCapabilities(frameBytes) } : plainEnd(frameBytes)
}

/** One frame of the largest size, apart from any region. */
interface Scratch {
  readonly bytes: Uint8Array
  readonly words: Int32Array
}

function makeScratch(sizeBytes: number): Scratch {
  const buffer = new ArrayBuffer(Math.ceil(sizeBytes / 4) * 4)
  return { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) }
}

export class SimulatedEndpoint implements Device {
  readonly capabilities: DeviceCapabilities
  readonly #region: Region
  readonly #merges: boolean
  readonly #vouches: boolean
  readonly #outgoing: FrameEntrance
  readonly #incoming: FrameExit
  /** A frame on its way to or from the link. */
  readonly #scratch: Scratch
  readonly #end: SimulatedEnd
  #whole: SimulatedEndpoint | undefined

  constructor(region: Region, end: SimulatedEnd, outgoing: FrameEntrance, incoming: FrameExit) {
    const { capabilities, merges = false } = end
    if (merges && !capabilities.virtioHeader)
      throw new RangeError('a device that merges has a virtio-net header')
    this.#end = end
    this.capabilities = capabilities
    this.#region = region
    this.#merges = merges
    this.#vouches = capabilities.sentFrameBytes === undefined
    this.#outgoing = outgoing
    this.#incoming = incoming
    this.#scratch = makeScratch(capabilities.virtioHeader ? sentFrameBytesOf(capabilities) : 0)
  }

  read(at: number, limit: number): number {
    this.#checkRange(at, limit)
    const { bytes } = this.#region
    if (!this.capabilities.virtioHeader) return this.#incoming.receive(bytes, at, limit)
    if (limit < virtioHeaderBytes) return 0
    const frameAt = at + virtioHeaderBytes
    const length = this.#incoming.receive(bytes, frameAt, limit - virtioHeaderBytes)
    return length === 0 ? 0 : virtioHeaderBytes + this.#finishRead(at, length, limit - virtioHeaderBytes)
  }

  write(at: number, length: number): boolean {
    this.#checkRange(at, length)
    const { bytes } = this.#region
    if (!this.capabilities.virtioHeader) return this.#outgoing.send(bytes, at, length)
    const frameAt = at + virtioHeaderBytes
    const frameLength = length - virtioHeaderBytes
    const pieceBytes = virtioSegmentBytes(bytes, at)
    if (pieceBytes > 0) {
      if (this.capabilities.segmentationOffload !== true)
        throw new Error('a super-frame for a device that cuts none')
      checkSegmentation(bytes, at, frameLength)
      return this.#sendPieces(frameAt, frameLength, pieceBytes)
    }
    if (!virtioNeedsChecksum(bytes, at)) return this.#outgoing.send(bytes, frameAt, frameLength)
    const scratch = this.#scratch
    const start = virtioChecksumStart(bytes, at)
    scratch.bytes.set(bytes.subarray(frameAt, frameAt + frameLength))
    completeChecksum(scratch, 0, frameLength, start, virtioChecksumOffset(bytes, at))
    return this.#outgoing.send(scratch.bytes, 0, frameLength)
  }

  readParts(parts: FrameParts): number {
    const { at, length, bodyAt, bodyLength, restAt, restLength } = parts
    const whole = this.#wholeEnd()
    const read = whole.read(0, Math.min(length + bodyLength + restLength, whole.#region.bytes.length))
    const from = whole.#region.bytes.subarray(0, read)
    this.#put(at, from.subarray(0, length))
    this.#put(bodyAt, from.subarray(length, length + bodyLength))
    this.#put(restAt, from.subarray(length + bodyLength))
    return read
  }

  writeParts({ at, length, bodyAt, bodyLength, restAt, restLength }: FrameParts): boolean {
    const whole = this.#wholeEnd()
    const { bytes } = this.#region
    const pieces = [bytes.subarray(at, at + length), bytes.subarray(bodyAt, bodyAt + bodyLength)]
    pieces.push(bytes.subarray(restAt, restAt + restLength))
    let end = 0
    for (const piece of pieces) {
      whole.#region.bytes.set(piece, end)
      end += piece.length
    }
    return whole.write(0, end)
  }

  /** The same end over memory of its own, in which a frame is whole. */
  #wholeEnd(): SimulatedEndpoint {
    this.#whole ??= new SimulatedEndpoint(
      openRegion(
        new SharedArrayBuffer(
          Math.ceil((virtioHeaderBytes + sentFrameBytesOf(this.capabilities)) / 128) * 128,
        ),
      ),
      this.#end,
      this.#outgoing,
      this.#incoming,
    )
    return this.#whole
  }

  #put(at: number, piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#checkRange(at, piece.length)
    this.#region.bytes.set(piece, at)
  }

  /** Does not block: whoever drives the clock moves virtual time. */
  wait(): void {}

  wake(): void {}

  close(): void {}

  /** Returns whether all pieces found room. */
  #sendPieces(frameAt: number, frameLength: number, pieceBytes: number): boolean {
    const { bytes } = this.#region
    const scratch = this.#scratch
    const count = pieceCount(frameLength, tcpAt + tcpHeaderLength(bytes, frameAt + tcpAt), pieceBytes)
    let areTaken = true
    for (let index = 0; index < count; index += 1) {
      const length = writePiece(bytes, frameAt, frameLength, pieceBytes, index, scratch, 0)
      areTaken = this.#outgoing.send(scratch.bytes, 0, length) && areTaken
    }
    return areTaken
  }

  /** Writes the virtio-net header before the frame just read, and merges what follows; returns the bytes of the frame. */
  #finishRead(at: number, length: number, limit: number): number {
    const { bytes, words } = this.#region
    const frameAt = at + virtioHeaderBytes
    const payloadBytes = this.#merges ? mergeablePayload(bytes, words, frameAt, length) : 0
    if (payloadBytes > 0) {
      const held = {
        bytes,
        at: frameAt,
        length,
        segmentBytes: payloadBytes,
        segments: 1,
        identificationStep: 0,
      }
      if (this.#grow(held, limit)) {
        completeHeld(held)
        writeVirtioOffload(bytes, at, length - payloadBytes, payloadBytes, tcpAt, TcpOffset.checksum)
        return held.length
      }
    }
    if (this.#vouches && isVerified(bytes, words, frameAt, length)) writeVirtioValid(bytes, at)
    else writeVirtioPlain(bytes, at)
    return length
  }

  /** Takes all segments that have arrived and join the held frame; returns whether there was one. */
  #grow(held: HeldFrame, limit: number): boolean {
    const { bytes, words } = this.#scratch
    let [lastBytes, lastAt, lastPayload] = [held.bytes, held.at, held.segmentBytes]
    while (mayBeFollowed(lastBytes, lastAt, lastPayload, held.segmentBytes)) {
      const length = this.#incoming.peek(bytes, 0, bytes.length)
      const payloadBytes = length === 0 ? 0 : mergeablePayload(bytes, words, 0, length)
      if (payloadBytes === 0 || held.length + payloadBytes > limit) break
      if (!joinsHeld(held, bytes, 0, payloadBytes)) break
      appendToHeld(held, bytes, 0, payloadBytes)
      this.#incoming.receive(bytes, 0, bytes.length)
      lastBytes = bytes
      lastAt = 0
      lastPayload = payloadBytes
    }
    return held.segments > 1
  }

  #checkRange(at: number, length: number): void {
    if (at < 0 || length < 0 || at + length > this.#region.bytes.length) {
      throw new RangeError(`${length} bytes at ${at} leave the region`)
    }
  }
}

/** Whether the device verified the frame's transport checksum, and it holds: interfaces do so for TCP and UDP. */
function isVerified(bytes: Uint8Array, words: Int32Array, at: number, length: number): boolean {
  if (length < tcpAt || etherTypeOf(bytes, at) !== EtherType.ipv4) return false
  const protocol = ipv4Protocol(bytes, at + ipAt)
  if (protocol !== IpProtocol.tcp && protocol !== IpProtocol.udp) return false
  return !isFragment(bytes, at, length) && transportChecksumHolds(bytes, at, length, words)
}
