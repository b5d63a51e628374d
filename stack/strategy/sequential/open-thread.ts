import type { RecordingDomain } from '../../dominoes/log/recording-domain.ts'
import { Counters } from '../../dominoes/memory/counters.ts'
import { LocalSlots } from '../layout/local-slots.ts'
import type { NetworkDomain } from '../parts/network-domain.ts'
import type { NetworkSource } from '../parts/network-source.ts'
import { openDomain, openSource, wrapped } from '../parts/open-parts.ts'
import { recordDomain } from '../replay/open-recorder.ts'
import type { ThreadParts } from '../strategy.ts'
import { Sequential } from './sequential.ts'

/** A thread of the sequential strategy: the loop, and what its idle thread sleeps in. */
export interface SequentialThread {
  readonly loop: Sequential
  readonly domain: NetworkDomain
  readonly source: NetworkSource
  /** Undefined if the stack is not recorded. */
  readonly recording: RecordingDomain | undefined
}

/** `pause` is what the thread does while the application is too far behind to take an upcall. */
export function openSequentialThread(parts: ThreadParts, pause: (micros: number) => void): SequentialThread {
  const { region, layout } = parts
  const slots = new LocalSlots(region.words, layout.framework.channel, parts.clock.nowMicros())
  const domain = openDomain(parts)
  const source = openSource(parts, slots, domain, { current: domain })
  const counters = new Counters(region, layout.framework.counters, parts.thread)
  const used = wrapped(parts, domain)
  const recording = recordDomain(used, region.words, parts.parameters)
  const loop = new Sequential(region.words, slots, recording ?? used, source, counters, pause)
  return { loop, domain, source, recording }
}

const nothing = new Int32Array(new SharedArrayBuffer(4))

/** Sleeps on this thread, whatever happens meanwhile. */
export function sleepFor(micros: number): void {
  Atomics.wait(nothing, 0, 0, micros / 1000)
}
