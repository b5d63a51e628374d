/**
 * Watches the congestion windows of a rough world in which nothing is lost. When sending begins again after a
 * silence, cwnd has to be the initial window, or its old value if that was less (RFC 5681 section 4.1, "restart
 * window"; Linux gets there, too, by halving). A timeout would leave a window of one segment. The observer reads cwnd
 * from the state, because most writes are smaller than any window and would not show it.
 */
import type { World } from './world.ts'
import type { Host } from './world-host.ts'

/** Longer than any retransmission timeout on such a way. */
const silenceMicros = 10_000_000
/** RFC 6928 */
const initialSegments = 10

export class RestartObserver {
  readonly #last = new Map<Host, { sentAt: number; sndNxt: number; cwnd: number }>()
  /** Restarts seen, so that a test can tell that there were some. */
  restarts = 0

  readonly observe = (world: World): void => {
    for (const host of [world.left, world.right]) {
      const { state, sndNxt, sndUna, cwnd, maximumSegment } = host.tcb(0)
      if (state === 0) continue
      const last = this.#last.get(host)
      if (last?.sndNxt === sndNxt) {
        // ACKs may still change cwnd until sending begins again.
        last.cwnd = cwnd
        continue
      }
      this.#last.set(host, { sentAt: world.now, sndNxt, cwnd })
      if (last === undefined || sndNxt === sndUna || world.now - last.sentAt < silenceMicros) continue
      this.restarts += 1
      const expected = Math.min(last.cwnd, initialSegments * maximumSegment)
      if (cwnd !== expected) {
        const seconds = (world.now - last.sentAt) / 1e6
        throw new Error(`${host.name}: cwnd is ${cwnd} after ${seconds} s of silence, not ${expected}`)
      }
    }
  }
}
