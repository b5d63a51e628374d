/**
 * Puts fragments together where frames are read (RFC 791 section 3.2, RFC 815, RFC 1122 section 3.3.2), so
 * that a packet larger than a frame is one request. One instance a thread over one store; used by the holder
 * of the producer role only.
 *
 * The store bounds what strangers can make it hold. One source has a quarter of it at most, and the packet
 * that has been without a new fragment for longest gives way. So a packet whose fragments come close together
 * survives a flood, as long as fewer packets than the store holds begin between two of its fragments.
 *
 * A fragment that overlaps what is there drops the whole packet (as RFC 5722 has it for IPv6, and Linux for
 * both): no sender makes one, and an attacker could choose which bytes win. A fragment that is wholly there
 * already is a duplicate, and ignored.
 */
import type { Region } from '../../../dominoes/memory/region.ts'
import type { MachineConfig } from '../../../protocol/config.ts'
import { readInt32, readUint16 } from '../../../wire/big-endian.ts'
import { ethernetHeaderBytes } from '../../../wire/ethernet.ts'
import {
  FragmentWord,
  fragmentWords,
  packetLimitBytes,
  readFragment,
  writeWholeHeader,
} from '../../../wire/ipv4-fragment.ts'
import { countOne, ThreadCounter } from '../../layout/thread-counters.ts'
import {
  Coverage,
  PacketState,
  PacketStore,
  type PacketStoreLayout,
  PacketWord,
  packetCount,
} from './packet-store.ts'

export interface ReassemblerParts {
  readonly region: Region
  readonly layout: PacketStoreLayout
  /** This host's addresses. */
  readonly config: Pick<MachineConfig, 'address' | 'etherHigh' | 'etherLow'>
  /** Word offset of this thread's counters. */
  readonly countersAt: number
  /** Whether every thread is done with a request, named as in `take`, whose frame lies at `frameAt`. */
  hasPassed(request: number, frameAt: number): boolean
}

/** Packets of one source that are not whole. */
export const packetsPerSource = packetCount / 4
/** RFC 791 says 15 s at least, Linux 30 s. */
export const lifetimeMicros = 30_000_000

const sweepMicros = 1_000_000
/** Two readings may differ by this: threads' clocks differ, and stamps are clamped to the newest request's. */
const backwardsLimitMicros = 1_000_000
const none = -1

export class Reassembler {
  readonly #parts: ReassemblerParts
  readonly #store: PacketStore
  readonly #fragment = new Int32Array(fragmentWords)
  /** Of the frame that `take` returned last. */
  frameBytes = 0

  constructor(parts: ReassemblerParts) {
    this.#parts = parts
    this.#store = new PacketStore(parts.region, parts.layout)
  }

  /**
   * Takes the fragment in the frame of `frameLength` bytes at byte `frameAt`. Returns the byte offset of the frame that
   * is whole with it, `frameBytes` long, or 0. That frame then belongs to the request named `request`.
   */
  take(frameAt: number, frameLength: number, now: number, request: number): number {
    const fragment = this.#fragment
    this.#count(ThreadCounter.fragmentsIn)
    const { bytes } = this.#parts.region
    if (!readFragment(bytes, frameAt, frameLength, fragment) || !this.#isForUs(frameAt)) return this.#refuse()
    const source = fragment[FragmentWord.source] as number
    const name = fragment[FragmentWord.name] as number
    let entry = this.#find(source, name, now)
    if (entry === none) {
      entry = this.#makeRoom(source, now)
      if (entry === none) return this.#refuse()
      this.#store.open(entry, source, name, now)
    }
    return this.#add(entry, frameAt, now) ? this.#complete(entry, request) : 0
  }

  /** Now and then: gives up what is incomplete for too long. */
  sweep(now: number): void {
    const store = this.#store
    if (!store.isActive || ageMicros(store.sweptAt, now) < sweepMicros) return
    store.sweptAt = now
    store.isActive = this.#reclaim(now) < packetCount
  }

  /** Whether somebody here takes the packet; a fragment of any other gets no room. */
  #isForUs(frameAt: number): boolean {
    const { config, region } = this.#parts
    const fragment = this.#fragment
    const source = fragment[FragmentWord.source] as number
    return (
      fragment[FragmentWord.destination] === config.address &&
      readUint16(region.bytes, frameAt) === config.etherHigh &&
      readInt32(region.bytes, frameAt + 2) === config.etherLow &&
      source !== 0 &&
      source !== config.address &&
      source >>> 28 < 14
    )
  }

  #find(source: number, name: number, now: number): number {
    const store = this.#store
    for (let entry = 0; entry < packetCount; entry++) {
      if (store.get(entry, PacketWord.state) !== PacketState.filling) continue
      if (store.get(entry, PacketWord.source) !== source) continue
      if (store.get(entry, PacketWord.name) !== name) continue
      if (this.#isTooOld(entry, now)) this.#fail(entry)
      else return entry
    }
    return none
  }

  /** A free entry; `none` if all are whole packets that somebody still handles. */
  #makeRoom(source: number, now: number): number {
    const store = this.#store
    this.#reclaim(now)
    let free = none
    let quietest = none
    let ownQuietest = none
    let own = 0
    for (let entry = 0; entry < packetCount; entry++) {
      const state = store.get(entry, PacketWord.state)
      if (state === PacketState.free) free = entry
      if (state !== PacketState.filling) continue
      quietest = this.#quieter(quietest, entry, now)
      if (store.get(entry, PacketWord.source) !== source) continue
      own += 1
      ownQuietest = this.#quieter(ownQuietest, entry, now)
    }
    if (own < packetsPerSource && free !== none) return free
    const victim = own < packetsPerSource ? quietest : ownQuietest
    if (victim !== none) this.#fail(victim)
    return victim
  }

  #quieter(one: number, other: number, now: number): number {
    if (one === none) return other
    const store = this.#store
    const isOther =
      ageMicros(store.get(other, PacketWord.grewAt), now) > ageMicros(store.get(one, PacketWord.grewAt), now)
    return isOther ? other : one
  }

  /** Frees what is done with or too old; returns how many are free. */
  #reclaim(now: number): number {
    const store = this.#store
    let free = 0
    for (let entry = 0; entry < packetCount; entry++) {
      const state = store.get(entry, PacketWord.state)
      if (state === PacketState.filling && this.#isTooOld(entry, now)) this.#fail(entry)
      else if (state === PacketState.handed && this.#isDoneWith(entry)) store.free(entry)
      if (store.get(entry, PacketWord.state) === PacketState.free) free += 1
    }
    return free
  }

  #isTooOld(entry: number, now: number): boolean {
    return ageMicros(this.#store.get(entry, PacketWord.startedAt), now) > lifetimeMicros
  }

  #isDoneWith(entry: number): boolean {
    const store = this.#store
    const request = store.get(entry, PacketWord.request)
    return this.#parts.hasPassed(request, store.get(entry, PacketWord.frameAt))
  }

  /** Adds the fragment at hand; whether the packet is whole now. */
  #add(entry: number, frameAt: number, now: number): boolean {
    const store = this.#store
    const fragment = this.#fragment
    const offset = fragment[FragmentWord.offset] as number
    const length = fragment[FragmentWord.length] as number
    const end = offset + length
    const isLast = fragment[FragmentWord.isLast] !== 0
    const coverage = store.coverage(entry, offset, end)
    if (this.#isContradiction(entry, end, isLast) || coverage === Coverage.some) return this.#fail(entry)
    if (coverage === Coverage.all) return false
    store.set(entry, PacketWord.grewAt, now)
    if (isLast) store.set(entry, PacketWord.total, end)
    if (offset === 0) store.addHeaders(entry, frameAt, fragment[FragmentWord.headerBytes] as number)
    store.add(entry, offset, frameAt + (fragment[FragmentWord.payloadAt] as number), length)
    const total = store.get(entry, PacketWord.total)
    if (total === 0 || store.get(entry, PacketWord.received) !== total) return false
    if (store.get(entry, PacketWord.headerBytes) + total > packetLimitBytes) return this.#fail(entry)
    return true
  }

  /** Two ends, or bytes past the end. */
  #isContradiction(entry: number, end: number, isLast: boolean): boolean {
    const total = this.#store.get(entry, PacketWord.total)
    if (total === 0) return isLast && this.#store.get(entry, PacketWord.furthest) > end
    return isLast ? end !== total : end > total
  }

  #complete(entry: number, request: number): number {
    const store = this.#store
    const frameAt = store.frameAt(entry)
    const packetBytes = store.get(entry, PacketWord.headerBytes) + store.get(entry, PacketWord.total)
    writeWholeHeader(this.#parts.region.bytes, frameAt + ethernetHeaderBytes, packetBytes)
    store.set(entry, PacketWord.request, request)
    store.set(entry, PacketWord.frameAt, frameAt)
    store.set(entry, PacketWord.state, PacketState.handed)
    this.frameBytes = ethernetHeaderBytes + packetBytes
    this.#count(ThreadCounter.datagramsReassembled)
    return frameAt
  }

  #refuse(): number {
    this.#count(ThreadCounter.fragmentsRefused)
    return 0
  }

  #fail(entry: number): false {
    this.#store.free(entry)
    this.#count(ThreadCounter.reassemblyFailed)
    return false
  }

  #count(counter: number): void {
    countOne(this.#parts.region.words, this.#parts.countersAt + counter)
  }
}

/**
 * Microseconds from `then` to `now`, 0 … 2^32 - 1. While anything is held, the role's holder sweeps every
 * second and sleeps for a tenth of one at most. So no age comes near 71 minutes, after which it would look
 * small again. If the process was stopped for longer, an entry may stay for another lifetime, which does no
 * harm.
 */
function ageMicros(then: number, now: number): number {
  const age = (now - then) | 0
  return age < 0 && age > -backwardsLimitMicros ? 0 : age >>> 0
}
