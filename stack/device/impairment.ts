/**
 * Impairs any device with loss, duplication, corruption, delay and reordering, in both directions. For real
 * devices; in virtual time the simulated link does the same. One instance per thread, each with its own seed.
 *
 * Frames that have to wait lie in two stores in the region, which all threads share: a frame that one thread
 * wrote is passed on, once due, by whichever thread reads or waits next. A lock guards the outgoing store (this
 * is the path's emulation, not the stack); the incoming one belongs to the holder of the producer role.
 */
import type { Region } from '../dominoes/region.ts'
import { virtioHeaderBytes } from '../wire/virtio.ts'
import type { Clock } from './clock.ts'
import type { Device, DeviceCapabilities } from './device.ts'
import { FrameStore, frameStoreBytes } from './frame-store.ts'
import { type Impairment, type ImpairmentCounters, ImpairmentDraw } from './impairment-draw.ts'

export interface ImpairedDeviceOptions {
  readonly region: Region
  /** Byte offset of `impairedDeviceBytes` bytes of the region, zeros at first and the same for all threads. */
  readonly storeAt: number
  /** Frames that can wait in each direction; one more is lost. */
  readonly frameCount: number
  readonly clock: Clock
  readonly seed: number
  readonly outgoing: Impairment
  readonly incoming: Impairment
}

/** Bytes that the two stores take in the region. */
export function impairedDeviceBytes(capabilities: DeviceCapabilities, frameCount: number): number {
  return 2 * frameStoreBytes(frameCount, frameBytesOf(capabilities))
}

function frameBytesOf({ frameBytes, virtioHeader }: DeviceCapabilities): number {
  return frameBytes + (virtioHeader ? virtioHeaderBytes : 0)
}

export class ImpairedDevice implements Device {
  readonly capabilities: DeviceCapabilities
  readonly #device: Device
  readonly #bytes: Uint8Array
  readonly #clock: Clock
  readonly #headerBytes: number
  readonly #outgoing: ImpairmentDraw
  readonly #incoming: ImpairmentDraw
  readonly #outgoingStore: FrameStore
  readonly #incomingStore: FrameStore
  #overflows = 0

  constructor(device: Device, options: ImpairedDeviceOptions) {
    const { region, storeAt, frameCount, seed } = options
    this.capabilities = device.capabilities
    this.#device = device
    this.#bytes = region.bytes
    this.#clock = options.clock
    this.#headerBytes = device.capabilities.virtioHeader ? virtioHeaderBytes : 0
    this.#outgoing = new ImpairmentDraw(options.outgoing, seed)
    this.#incoming = new ImpairmentDraw(options.incoming, seed ^ 0x5bd1e995)
    const frameBytes = frameBytesOf(device.capabilities)
    const storeBytes = frameStoreBytes(frameCount, frameBytes)
    this.#outgoingStore = new FrameStore(region, storeAt, frameCount, frameBytes)
    this.#incomingStore = new FrameStore(region, storeAt + storeBytes, frameCount, frameBytes)
  }

  /** What this thread did to the frames it wrote and read; overflows: lost because a store was full. */
  get counters(): { outgoing: ImpairmentCounters; incoming: ImpairmentCounters; overflows: number } {
    return {
      outgoing: { ...this.#outgoing.counters },
      incoming: { ...this.#incoming.counters },
      overflows: this.#overflows,
    }
  }

  write(at: number, length: number): boolean {
    const draw = this.#outgoing
    draw.draw(length - this.#headerBytes)
    if (draw.isLost) return true
    // The frame is the caller's: it is damaged only while it is sent or copied.
    draw.flip(this.#bytes, at + this.#headerBytes)
    let isSent = true
    for (let copies = draw.isDuplicated ? 2 : 1; copies > 0; copies--) {
      isSent = (mustWait(draw) ? this.#hold(at, length) : this.#device.write(at, length)) && isSent
    }
    draw.flip(this.#bytes, at + this.#headerBytes)
    return isSent
  }

  read(at: number, limit: number): number {
    this.#passOn()
    for (;;) {
      if (this.#incomingStore.isDue(this.#clock.nowMicros())) {
        return this.#incomingStore.take(this.#bytes, at, limit)
      }
      const length = this.#device.read(at, limit)
      if (length === 0) return 0
      const draw = this.#incoming
      draw.draw(length - this.#headerBytes)
      if (draw.isLost) continue
      draw.flip(this.#bytes, at + this.#headerBytes)
      if (draw.isDuplicated) this.#keep(at, length)
      if (!mustWait(draw)) return length
      this.#keep(at, length)
    }
  }

  wait(micros: number): void {
    this.#passOn()
    const now = this.#clock.nowMicros()
    let limited = untilDue(this.#incomingStore, now, micros)
    this.#outgoingStore.lock()
    limited = untilDue(this.#outgoingStore, now, limited)
    this.#outgoingStore.unlock()
    if (limited > 0) this.#device.wait(limited)
    this.#passOn()
  }

  wake(): void {
    this.#device.wake()
  }

  close(): void {
    this.#device.close()
  }

  #hold(at: number, length: number): boolean {
    const store = this.#outgoingStore
    const draw = this.#outgoing
    store.lock()
    const due = this.#clock.nowMicros() + delayOf(draw)
    const isHeld = store.put(this.#bytes, at, length, due, !draw.isReordered)
    store.unlock()
    if (!isHeld) this.#overflows += 1
    return isHeld
  }

  #keep(at: number, length: number): void {
    const draw = this.#incoming
    const due = this.#clock.nowMicros() + delayOf(draw)
    const isKept = this.#incomingStore.put(this.#bytes, at, length, due, !draw.isReordered)
    if (!isKept) this.#overflows += 1
  }

  /** Sends the outgoing frames that are due. */
  #passOn(): void {
    const store = this.#outgoingStore
    if (store.count === 0) return
    store.lock()
    while (store.isDue(this.#clock.nowMicros())) {
      const entry = store.first
      this.#device.write(store.frameAt(entry), store.lengthOf(entry))
      store.drop()
    }
    store.unlock()
  }
}

/** Where the path has a delay every frame goes through the store, or one without would overtake the others. */
function mustWait({ isReordered, impairment }: ImpairmentDraw): boolean {
  return isReordered || impairment.delayMicros + impairment.jitterMicros > 0
}

function delayOf(draw: ImpairmentDraw): number {
  return Math.round(draw.delayMicros + (draw.isReordered ? draw.impairment.reorderDelayMicros : 0))
}

function untilDue(store: FrameStore, now: number, micros: number): number {
  return store.count === 0 ? micros : Math.min(micros, (store.firstDue - now) | 0)
}
