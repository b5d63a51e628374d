/** The one clock of a simulated world: microseconds since its start, moved by the world only, never backwards. */
import type { Clock } from '../../device/kernel/clock.ts'
import type { VirtualClock } from '../../device/simulated/virtual-clock.ts'

export class SimulatedClock implements VirtualClock {
  #now = 0

  nowMicros(): number {
    return this.#now
  }

  /** Moves on to `micros`; stays if that is past already. */
  advanceTo(micros: number): void {
    if (micros > this.#now) this.#now = micros
  }

  /** The same time as hosts read it: 32 bits, wrapping, from an origin of their own. */
  hostClock(originMicros: number): Clock {
    return { nowMicros: () => (originMicros + this.#now) | 0 }
  }
}
