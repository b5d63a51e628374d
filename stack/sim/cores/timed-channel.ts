/**
 * A channel as seen from a virtual core: the real one, of which a core sees only what had happened by its own time. A
 * core may publish, or give a verdict, at a time that another core has not reached; that core does not see it until
 * then. One instance per core, over one `ChannelTimes` for all.
 *
 * Invariant: along every core's clock the tail only grows and a verdict once seen stays.
 */
import { Channel } from '../../dominoes/channel/channel.ts'
import type { ChannelLayout } from '../../dominoes/channel/channel-layout.ts'
import { verdictPending } from '../../dominoes/contract/slot.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { VirtualThread } from './virtual-thread.ts'

/** When publications and verdicts of one channel become visible; shared by its cores. */
export class ChannelTimes {
  /** Publications that a core may not have seen: the tail, and the time from which it is visible; oldest first. */
  readonly publications: { tail: number; at: number }[] = []
  /** Time from which the producer role is free; Infinity while a thread minds the device. */
  roleFreeAt = 0
  /** By slot: time from which its verdict is visible. */
  readonly verdictAt = new Map<number, number>()
  /** Told of every publication, with its time. */
  onPublish: (at: number) => void = () => {}

  /** Forgets what every core has seen: `now` is the earliest core's time. */
  forgetBefore(now: number): void {
    const { publications } = this
    while (publications.length > 1 && (publications[1]?.at ?? 0) <= now) publications.shift()
  }
}

export interface TimedChannelParts {
  readonly region: Region
  readonly layout: ChannelLayout
  readonly id: number
  readonly thread: VirtualThread
  readonly times: ChannelTimes
  readonly publishNanos: number
}

export class TimedChannel extends Channel {
  readonly #thread: VirtualThread
  readonly #times: ChannelTimes
  readonly #publishNanos: number

  constructor(parts: TimedChannelParts) {
    super(parts.region, parts.layout, parts.id)
    this.#thread = parts.thread
    this.#times = parts.times
    this.#publishNanos = parts.publishNanos
  }

  override get tail(): number {
    const { publications } = this.#times
    for (let k = publications.length - 1; k >= 0; k--) {
      const each = publications[k]
      if (each !== undefined && each.at <= this.#thread.clock) return each.tail
    }
    return super.tail
  }

  override tryAcquireProducer(): boolean {
    return this.#times.roleFreeAt <= this.#thread.clock && super.tryAcquireProducer()
  }

  override releaseProducer(): void {
    super.releaseProducer()
    this.#times.roleFreeAt = this.#thread.clock
  }

  override publish(count: number): void {
    const first = super.tail
    this.#thread.spend(this.#publishNanos * count)
    super.publish(count)
    const at = this.#thread.clock
    const { publications } = this.#times
    // The first publication also records the tail before it, for cores whose time is earlier.
    if (publications.length === 0) publications.push({ tail: first, at: Number.NEGATIVE_INFINITY })
    publications.push({ tail: (first + count) | 0, at })
    for (let k = 0; k < count; k++) this.#times.verdictAt.delete(this.slotOf((first + k) | 0))
    this.#times.onPublish(at)
  }

  override setVerdict(slot: number, verdict: number): void {
    super.setVerdict(slot, verdict)
    this.#times.verdictAt.set(slot, this.#thread.clock)
  }

  override verdictOf(slot: number): number {
    const at = this.#times.verdictAt.get(slot)
    if (at !== undefined && at > this.#thread.clock) return verdictPending
    return super.verdictOf(slot)
  }
}
