/** The one thread of a simulated host. Frames, timers and calls wake it, and everything that waits then is handled together. */
import { noDeadline } from '../../dominoes/contract/domain.ts'
import { Request } from '../requests.ts'
import { HeadMerger } from './merged-head.ts'
import type { Host } from './world-host.ts'

/** A frame under way; until it leaves, its `Way` may put another one in its place. */
export interface Arrival {
  readonly at: number
  readonly frame: Int32Array
}

/** How a host's thread differs from one that does everything at once. */
export interface ThreadHabits {
  /** Microseconds by which the thread is late for its wake-up with this number. */
  latenessMicros?(wake: number): number
  /** Whether a waiting frame is dropped unread because the next one supersedes it. */
  drops?(head: Int32Array, next: Int32Array): boolean
  /** Whether a waiting frame is told apart because the next one is its connection's next segment. */
  isFollowed?(head: Int32Array, next: Int32Array): boolean
  /** Whether segments of a flow that wait together are one frame. Default: not. */
  readonly merges?: boolean
  /** What the application does when the machine is at rest; as much as it can if absent. */
  act?(): void
}

/** An event that wakes a host: a frame, or a call that was asked for. */
export type Event = Arrival | { readonly at: number; readonly frame: undefined; readonly call: () => void }

/** A host's thread, with what waits for it. */
export class Thread {
  readonly host: Host
  readonly #events: Event[] = []
  #stalledUntil = Number.NEGATIVE_INFINITY
  wakes = 0
  habits: ThreadHabits = {}

  constructor(host: Host) {
    this.host = host
  }

  /** When it runs next; Infinity if nothing wakes it. */
  wakesAt(now: number): number {
    const first = this.#events[0]?.at ?? Number.POSITIVE_INFINITY
    const due = this.host.machine.microsUntilDeadline(now | 0)
    const timerAt = due === noDeadline ? Number.POSITIVE_INFINITY : now + due
    return Math.max(this.#stalledUntil, now, Math.min(first, timerAt))
  }

  /** Asked when the thread should run now: whether it is late instead. */
  isLate(now: number): boolean {
    const micros = this.habits.latenessMicros?.(this.wakes) ?? 0
    if (micros === 0 || this.#stalledUntil === now) return false
    this.#stalledUntil = now + micros
    return true
  }

  add(event: Event): void {
    let index = this.#events.length
    while (index > 0 && (this.#events[index - 1] as Event).at > event.at) index -= 1
    this.#events.splice(index, 0, event)
  }

  /** Handles all that came until now, and lets the application act. */
  run(now: number): void {
    this.wakes += 1
    const { host, habits } = this
    const batch = habits.merges === true ? mergeFrames(this.#takeBatch(now)) : this.#takeBatch(now)
    let isApplied = false
    batch.forEach((event, index) => {
      if (event.frame === undefined) {
        event.call()
        return
      }
      const next = batch[index + 1]?.frame
      if (next !== undefined && habits.drops?.(event.frame, next) === true) return
      isApplied = true
      host.receive(event.frame, next !== undefined && habits.isFollowed?.(event.frame, next) === true)
    })
    if (!isApplied && host.machine.microsUntilDeadline(now | 0) === 0) host.apply(Request.tick)
    this.act()
  }

  act(): void {
    if (this.habits.act === undefined) this.host.application.act()
    else this.habits.act()
  }

  #takeBatch(now: number): Event[] {
    let count = 0
    while (count < this.#events.length && (this.#events[count] as Event).at <= now) count += 1
    return this.#events.splice(0, count)
  }
}

/** Segments that come one after the other, joined as far as they are one flow. */
function mergeFrames(batch: readonly Event[]): Event[] {
  const merger = new HeadMerger()
  const merged: Event[] = []
  for (const event of batch) {
    const last = merged.at(-1)
    const joined =
      last?.frame === undefined || event.frame === undefined
        ? undefined
        : merger.join(last.frame, event.frame)
    if (joined !== undefined) {
      merged[merged.length - 1] = { at: event.at, frame: joined }
      continue
    }
    merged.push(event)
    if (event.frame !== undefined) merger.begin(event.frame)
  }
  return merged
}
