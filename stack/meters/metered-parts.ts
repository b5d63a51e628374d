/** Wrappers that time what a domain and a device do. They run on the thread that owns the domain and the device. */
import type { Device } from '../device/device.ts'
import { ActionWord, actionWords } from '../dominoes/contract/action-queue.ts'
import type { Domain } from '../dominoes/contract/domain.ts'
import { SlotWord } from '../dominoes/contract/slot.ts'
import { Action } from '../protocol/actions.ts'
import { Request } from '../protocol/requests.ts'
import { WrappedDomain } from '../sim/hosts/wrapped-domain.ts'
import { HeaderWord } from '../wire/header.ts'
import { type Meter, type MeteredName, meteredNames } from './meter.ts'

const at = (name: MeteredName) => meteredNames.indexOf(name)
const Name = {
  check: at('check'),
  applyAck: at('applyAck'),
  applyData: at('applyData'),
  applyCall: at('applyCall'),
  applyTick: at('applyTick'),
  resume: at('resume'),
  segmentsAck: at('segmentsAck'),
  segmentsCall: at('segmentsCall'),
  segmentsTick: at('segmentsTick'),
  segmentsResume: at('segmentsResume'),
  performSegment: at('performSegment'),
  performUpcall: at('performUpcall'),
  performDeliver: at('performDeliver'),
  write: at('write'),
  writeBare: at('writeBare'),
  read: at('read'),
  readEmpty: at('readEmpty'),
} as const

/** A frame without payload is shorter than this. */
const bareBytes = 200

export class MeteredDomain extends WrappedDomain {
  readonly #words: Int32Array
  readonly #meter: Meter

  constructor(domain: Domain, words: Int32Array, meter: Meter) {
    super(domain)
    this.#words = words
    this.#meter = meter
  }

  override check(slot: number): number {
    if (!this.#meter.isOn) return super.check(slot)
    const start = performance.now()
    const verdict = super.check(slot)
    this.#meter.add(Name.check, (performance.now() - start) * 1e6)
    return verdict
  }

  override apply(slot: number): void {
    if (!this.#meter.isOn) {
      super.apply(slot)
      return
    }
    const before = this.actions.count
    const start = performance.now()
    super.apply(slot)
    const nanos = (performance.now() - start) * 1e6
    const name = this.#nameOf(slot)
    this.#meter.add(name, nanos)
    if (name === Name.applyAck) this.#meter.add(Name.segmentsAck, this.#segments(before))
    else if (name === Name.applyCall) this.#meter.add(Name.segmentsCall, this.#segments(before))
    else if (name === Name.applyTick) this.#meter.add(Name.segmentsTick, this.#segments(before))
  }

  override resume(): void {
    if (!this.#meter.isOn) {
      super.resume()
      return
    }
    const before = this.actions.count
    const start = performance.now()
    super.resume()
    this.#meter.add(Name.resume, (performance.now() - start) * 1e6)
    this.#meter.add(Name.segmentsResume, this.#segments(before))
  }

  override perform(action: number, slot: number): boolean {
    if (!this.#meter.isOn) return super.perform(action, slot)
    const kind = this.actions.words[action + ActionWord.kind]
    const start = performance.now()
    const done = super.perform(action, slot)
    const nanos = (performance.now() - start) * 1e6
    if (kind === Action.sendSegment) this.#meter.add(Name.performSegment, nanos)
    else if (kind === Action.deliver) this.#meter.add(Name.performDeliver, nanos)
    else this.#meter.add(Name.performUpcall, nanos)
    return done
  }

  #nameOf(slot: number): number {
    const kind = this.#words[slot + SlotWord.kind]
    if (kind === Request.tick) return Name.applyTick
    if (kind !== Request.frame) return Name.applyCall
    const payload = this.#words[slot + SlotWord.head + HeaderWord.payloadLength] as number
    return payload > 0 ? Name.applyData : Name.applyAck
  }

  /** Segments emitted since the queue held `before` actions. */
  #segments(before: number): number {
    const { words, count } = this.actions
    let segments = 0
    for (let k = before; k < count; k++) {
      if (words[k * actionWords + ActionWord.kind] === Action.sendSegment) segments += 1
    }
    return segments
  }
}

export function meteredDevice(device: Device, meter: Meter): Device {
  return {
    capabilities: device.capabilities,
    read: (to, limit) => {
      if (!meter.isOn) return device.read(to, limit)
      const start = performance.now()
      const length = device.read(to, limit)
      meter.add(length === 0 ? Name.readEmpty : Name.read, (performance.now() - start) * 1e6)
      return length
    },
    write: (from, length) => {
      if (!meter.isOn) return device.write(from, length)
      const start = performance.now()
      const sent = device.write(from, length)
      meter.add(length < bareBytes ? Name.writeBare : Name.write, (performance.now() - start) * 1e6)
      return sent
    },
    flush: () => device.flush?.() ?? 0,
    wait: (micros) => device.wait(micros),
    wake: () => device.wake(),
    close: () => device.close(),
  }
}

/**
 * What the two clock readings around an operation add to its measured duration: the cost of one reading, in
 * nanoseconds.
 */
export function timerNanos(): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 20; round++) {
    const start = performance.now()
    for (let k = 0; k < 2000; k++) performance.now()
    least = Math.min(least, ((performance.now() - start) * 1e6) / 2000)
  }
  return least
}
