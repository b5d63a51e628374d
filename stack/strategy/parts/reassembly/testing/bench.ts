/** A reassembler over a region of its own, fed with frames that a test makes. */
import { RegionPlan } from '../../../../dominoes/memory/region.ts'
import { planThreadCounters, ThreadCounter, type ThreadCounterName } from '../../../layout/thread-counters.ts'
import { cutFrame, pieceOf, sealHeader } from '../../../testing/fragments.ts'
import { planPacketStore } from '../packet-store.ts'
import { Reassembler } from '../reassembler.ts'

export const us = { address: 0x0a000001, etherHigh: 0x0200, etherLow: 1 }
const frameLimit = 2048
const udp = 17

export class Bench {
  readonly reassembler: Reassembler
  readonly bytes: Uint8Array
  readonly #words: Int32Array
  readonly #frameAt: number
  readonly #countersAt: number
  /** Requests that somebody still handles. */
  readonly held = new Set<number>()
  now = 0
  #request = 0

  constructor() {
    const plan = new RegionPlan()
    const layout = planPacketStore(plan)
    this.#countersAt = planThreadCounters(plan, 1)
    // The Ethernet header at 2 modulo 4, as in a slot.
    this.#frameAt = plan.reserve(frameLimit) + 14
    const region = plan.allocate()
    this.bytes = region.bytes
    this.#words = region.words
    this.reassembler = new Reassembler({
      region,
      layout,
      config: us,
      countersAt: this.#countersAt,
      hasPassed: (request) => !this.held.has(request),
    })
  }

  /** The frame that is whole with this one, which a request now holds; undefined if none is. */
  take(frame: Uint8Array): Uint8Array | undefined {
    this.bytes.set(frame, this.#frameAt)
    this.#request = (this.#request + 1) | 0
    const at = this.reassembler.take(this.#frameAt, frame.length, this.now | 0, this.#request)
    if (at === 0) return undefined
    this.held.add(this.#request)
    return this.bytes.slice(at, at + this.reassembler.frameBytes)
  }

  /** All in turn; what became whole. */
  takeAll(frames: readonly Uint8Array[]): Uint8Array[] {
    return frames.flatMap((frame) => this.take(frame) ?? [])
  }

  count(name: ThreadCounterName): number {
    return this.#words[this.#countersAt + ThreadCounter[name]] as number
  }
}

/** A whole frame to us with so many bytes of IP payload, which starts with a header that no one looks into. */
export function packet(payloadBytes: number, source = 0x0a000002, identification = 7): Uint8Array {
  const frame = new Uint8Array(34 + payloadBytes)
  const view = new DataView(frame.buffer)
  frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0])
  view.setUint16(16, 20 + payloadBytes)
  view.setUint16(18, identification)
  view.setUint8(22, 64)
  view.setUint8(23, udp)
  view.setUint32(26, source)
  view.setUint32(30, us.address)
  for (let k = 0; k < payloadBytes; k++) frame[34 + k] = (k * 13 + (k >> 8) + identification) & 0xff
  sealHeader(view)
  return frame
}

/** Its fragments, under its own identification. */
export function cut(frame: Uint8Array, pieceBytes = 1480): Uint8Array[] {
  return cutFrame(frame, identificationOf(frame), pieceBytes)
}

export function piece(frame: Uint8Array, offset: number, end: number, isFollowed: boolean): Uint8Array {
  return pieceOf(frame, identificationOf(frame), offset, end, isFollowed)
}

function identificationOf(frame: Uint8Array): number {
  return new DataView(frame.buffer).getUint16(18)
}
