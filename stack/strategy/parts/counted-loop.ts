/**
 * A thread's rounds, counted for those who look on: how often it found nothing, gave the core away, slept, how long it
 * polled, and how long its longest cycle took. It polls from its first round that found nothing until the last, sleeps
 * left out: a clock that is read only then costs no work. A cycle is eight rounds without sleep in between: a stall (a garbage
 * collection, a preemption, one long action) shows in full, and the clock is read once in eight rounds only.
 *
 * Called by the one thread whose loop it is, which alone writes the counters (see `thread-counters.ts`).
 */
import type { Clock } from '../../device/kernel/clock.ts'
import type { Parker } from '../../dominoes/replica/idle.ts'
import { sleepShortly } from '../../dominoes/replica/idle.ts'
import { countOne, ThreadCounter } from '../layout/thread-counters.ts'

/** Rounds of a cycle; a power of two. */
const cycleRounds = 8
/** How long a longest cycle is gathered before it is shown, in microseconds. */
const spanMicros = 1_000_000

interface Loop extends Parker {
  doWork(): number
}

export class CountedLoop implements Parker {
  readonly #loop: Loop
  readonly #clock: Clock
  readonly #words: Int32Array
  readonly #at: number
  #rounds = 0
  #cycleStart: number
  #spanStart: number
  #longestInSpan = 0
  #isPolling = false
  #polledUntil = 0

  /** `at`: word offset of this thread's counters. */
  constructor(loop: Loop, clock: Clock, words: Int32Array, at: number) {
    this.#loop = loop
    this.#clock = clock
    this.#words = words
    this.#at = at
    this.#cycleStart = clock.nowMicros()
    this.#spanStart = this.#cycleStart
  }

  get idleWeight(): number {
    return this.#loop.idleWeight ?? 1
  }

  doWork(): number {
    const work = this.#loop.doWork()
    if (work === 0) this.#countIdleRound()
    else this.#isPolling = false
    this.#rounds += 1
    if (this.#rounds === cycleRounds) this.#endCycle()
    return work
  }

  park(micros: number): void {
    countOne(this.#words, this.#at + ThreadCounter.sleeps)
    this.#loop.park(micros)
    this.#wakeUp()
  }

  /** What an idle strategy calls to give the core away for a moment, by `yieldCore`. */
  giveWay(yieldCore: () => void = sleepShortly): void {
    countOne(this.#words, this.#at + ThreadCounter.yields)
    yieldCore()
    this.#wakeUp()
  }

  #countIdleRound(): void {
    countOne(this.#words, this.#at + ThreadCounter.idleRounds)
    const now = this.#clock.nowMicros()
    const polling = this.#at + ThreadCounter.pollingMicros
    if (this.#isPolling)
      this.#words[polling] = ((this.#words[polling] as number) + now - this.#polledUntil) | 0
    this.#isPolling = true
    this.#polledUntil = now
  }

  #wakeUp(): void {
    const now = this.#clock.nowMicros()
    this.#polledUntil = now
    this.#startCycle(now)
  }

  #endCycle(): void {
    const now = this.#clock.nowMicros()
    const micros = (now - this.#cycleStart) | 0
    if (micros > this.#longestInSpan) this.#longestInSpan = micros
    const ever = this.#at + ThreadCounter.longestCycleEverMicros
    if (micros > (this.#words[ever] as number)) this.#words[ever] = micros
    this.#startCycle(now)
  }

  #startCycle(now: number): void {
    this.#rounds = 0
    this.#cycleStart = now
    if (((now - this.#spanStart) | 0) < spanMicros) return
    this.#spanStart = now
    this.#words[this.#at + ThreadCounter.longestCycleMicros] = this.#longestInSpan
    this.#longestInSpan = 0
  }
}
