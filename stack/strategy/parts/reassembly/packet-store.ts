/**
 * Packets that are being put together from fragments, and those that are whole and not yet done with. Shared memory,
 * because whoever reads the device changes: used by the holder of the producer role only.
 *
 *   control   word 0  active    0: every entry is free. May be 1 without need
 *                  1  sweptAt   when the entries were last gone through
 *   entries   one line each, and the units that are there as bits, 8 bytes a unit
 *   buffers   one each:
 *
 *             0                     frameAt                      128
 *             │ slack, virtio header │ Ethernet and IP header    │ payload, up to 65,515 bytes │
 *
 * A packet's header is known with its first fragment, which may come last. So the payload has a fixed place,
 * at a multiple of 8 as in a slot, and the header is put before it.
 *
 * A holder may be killed at any instruction. Invariant: a unit's bit is set after its bytes are there;
 * `received` is never more than the bits; an entry's state changes after everything that it vouches for.
 */
import { lineBytes, lineWords, type Region, type RegionPlan } from '../../../dominoes/memory/region.ts'
import { ethernetHeaderBytes } from '../../../wire/ethernet.ts'
import { fragmentUnitBytes, packetLimitBytes } from '../../../wire/ipv4-fragment.ts'
import { virtioHeaderBytes, writeVirtioPlain } from '../../../wire/virtio.ts'

/** Packets at a time: two mebibytes, and no more however many fragments come. */
export const packetCount = 32

export const PacketState = {
  free: 0,
  /** Fragments are missing. */
  filling: 1,
  /** Whole, and in the hands of those who handle requests. */
  handed: 2,
} as const

export const PacketWord = {
  state: 0,
  source: 1,
  /** Protocol and identification. */
  name: 2,
  startedAt: 3,
  /** When something was last added. */
  grewAt: 4,
  /** Bytes of payload: there; of the whole, 0 while the last fragment is missing; up to the furthest that is there. */
  received: 5,
  total: 6,
  furthest: 7,
  /** Of the IP header; 0 while the first fragment is missing. */
  headerBytes: 8,
  /** Once handed: the request that it is, and where its frame begins. */
  request: 9,
  frameAt: 10,
} as const

/** How much of a run of units is there. */
export const Coverage = { none: 0, some: 1, all: 2 } as const

const ControlWord = { active: 0, sweptAt: 1 } as const
const unitWords = Math.ceil(packetLimitBytes / fragmentUnitBytes / 32)
const entryWords = lineWords + unitWords
/** Room for the longest headers before the payload: 12 + 14 + 60. */
const payloadOffset = lineBytes
const bufferBytes = Math.ceil((payloadOffset + packetLimitBytes) / lineBytes) * lineBytes

export interface PacketStoreLayout {
  readonly controlWord: number
  readonly buffersAt: number
}

export function planPacketStore(plan: RegionPlan): PacketStoreLayout {
  return {
    controlWord: plan.reserve(lineBytes + packetCount * entryWords * 4) / 4,
    buffersAt: plan.reserve(packetCount * bufferBytes),
  }
}

/** Entries are named 0 … packetCount - 1. */
export class PacketStore {
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #layout: PacketStoreLayout

  constructor({ words, bytes }: Region, layout: PacketStoreLayout) {
    this.#words = words
    this.#bytes = bytes
    this.#layout = layout
  }

  get isActive(): boolean {
    return this.#words[this.#layout.controlWord + ControlWord.active] !== 0
  }

  set isActive(isActive: boolean) {
    this.#words[this.#layout.controlWord + ControlWord.active] = isActive ? 1 : 0
  }

  get sweptAt(): number {
    return this.#words[this.#layout.controlWord + ControlWord.sweptAt] as number
  }

  set sweptAt(micros: number) {
    this.#words[this.#layout.controlWord + ControlWord.sweptAt] = micros
  }

  get(entry: number, word: number): number {
    return this.#words[this.#entryAt(entry) + word] as number
  }

  set(entry: number, word: number, value: number): void {
    this.#words[this.#entryAt(entry) + word] = value
  }

  free(entry: number): void {
    this.set(entry, PacketWord.state, PacketState.free)
  }

  /** Makes a free entry one to be filled. */
  open(entry: number, source: number, name: number, now: number): void {
    const at = this.#entryAt(entry)
    this.isActive = true
    this.#words.fill(0, at, at + entryWords)
    this.#words[at + PacketWord.source] = source
    this.#words[at + PacketWord.name] = name
    this.#words[at + PacketWord.startedAt] = now
    this.#words[at + PacketWord.grewAt] = now
    this.#words[at + PacketWord.state] = PacketState.filling
  }

  /** Whether the payload from byte `offset` up to `end` is there. */
  coverage(entry: number, offset: number, end: number): number {
    let isSomeThere = false
    let isAllThere = true
    const units = this.#entryAt(entry) + lineWords
    const last = Math.ceil(end / fragmentUnitBytes)
    for (let unit = offset / fragmentUnitBytes; unit < last; unit = nextWord(unit)) {
      const mask = maskOf(unit, last)
      const there = (this.#words[units + (unit >> 5)] as number) & mask
      if (there !== 0) isSomeThere = true
      if (there !== mask) isAllThere = false
    }
    if (isAllThere) return Coverage.all
    return isSomeThere ? Coverage.some : Coverage.none
  }

  /** Adds payload of which nothing is there yet: `length` bytes from byte `from` of the region. */
  add(entry: number, offset: number, from: number, length: number): void {
    const words = this.#words
    this.#bytes.copyWithin(this.#payloadAt(entry) + offset, from, from + length)
    const at = this.#entryAt(entry)
    const last = Math.ceil((offset + length) / fragmentUnitBytes)
    for (let unit = offset / fragmentUnitBytes; unit < last; unit = nextWord(unit)) {
      const word = at + lineWords + (unit >> 5)
      words[word] = (words[word] as number) | maskOf(unit, last)
    }
    words[at + PacketWord.furthest] = Math.max(words[at + PacketWord.furthest] as number, offset + length)
    words[at + PacketWord.received] = (words[at + PacketWord.received] as number) + length
  }

  /** Takes the Ethernet and IP headers of the first fragment, which is the frame at byte `frameAt`. */
  addHeaders(entry: number, frameAt: number, headerBytes: number): void {
    const length = ethernetHeaderBytes + headerBytes
    const to = this.#payloadAt(entry) - length
    this.#bytes.copyWithin(to, frameAt, frameAt + length)
    // No device vouches for what was put together here.
    writeVirtioPlain(this.#bytes, to - virtioHeaderBytes)
    this.set(entry, PacketWord.headerBytes, headerBytes)
  }

  /** Where the frame of the whole packet begins; its headers are there. */
  frameAt(entry: number): number {
    return this.#payloadAt(entry) - ethernetHeaderBytes - this.get(entry, PacketWord.headerBytes)
  }

  #entryAt(entry: number): number {
    return this.#layout.controlWord + lineWords + entry * entryWords
  }

  #payloadAt(entry: number): number {
    return this.#layout.buffersAt + entry * bufferBytes + payloadOffset
  }
}

/** The first unit of the next word of bits. */
function nextWord(unit: number): number {
  return (unit | 31) + 1
}

/** The bits of units `unit` up to `end` in the word of the first. */
function maskOf(unit: number, end: number): number {
  const bits = Math.min(end, nextWord(unit)) - unit
  return (bits === 32 ? -1 : (1 << bits) - 1) << (unit & 31)
}
