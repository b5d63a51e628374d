/**
 * What a thread does when a round of its loop found nothing to do. A strategy belongs to one thread.
 *
 *   none      nothing: for loops that a test or a simulator drives
 *   spin      looks again at once: quickest, takes a whole core, and starves others when threads outnumber cores
 *   backoff   spins a little, gives the core away a little, then parks
 *   park      parks at once: costs least, wakes slowest (30 to 80 µs)
 */
import { assertInteger } from '../memory/assert.ts'

export interface Idle {
  /** Called after every round with the work that it found; 0 means none. */
  idle(workCount: number): void
}

/** Where a thread sleeps; a replica is one. */
export interface Parker {
  /** Sleeps until there may be work, at most `micros`; returns at once if there is. */
  park(micros: number): void
  /** What the last round without work cost, as a number of cheap ones. Default 1. */
  readonly idleWeight?: number
}

/** Plain data: it crosses to worker threads. */
export interface IdleOptions {
  readonly kind: 'none' | 'spin' | 'backoff' | 'park'
  /**
   * Idle rounds before the core is given away. A round that polled the source counts as several, since it
   * made a system call. Choose it small where threads outnumber cores. Default 100.
   */
  readonly spins?: number
  /** Idle rounds, after spinning, that each give the core away. Default 3. */
  readonly yields?: number
  /** Longest sleep, in microseconds. Default 100,000. */
  readonly parkMicros?: number
}

/**
 * `yieldCore` gives the core away for a moment; the default is the shortest sleep there is, some 60 to 100 µs, since
 * the language has no call to yield.
 */
export function createIdle(options: IdleOptions, parker: Parker, yieldCore = sleepShortly): Idle {
  const { kind, spins = 100, yields = 3, parkMicros = 100_000 } = options
  assertInteger(spins, 0, 2 ** 30, 'spins')
  assertInteger(yields, 0, 2 ** 30, 'yields')
  switch (kind) {
    case 'none':
      return { idle: () => {} }
    case 'spin':
      return { idle: (workCount) => (workCount > 0 ? undefined : pause()) }
    case 'backoff':
      return new BackoffIdle(parker, spins, yields, parkMicros, yieldCore)
    case 'park':
      return new BackoffIdle(parker, 0, 0, parkMicros, yieldCore)
  }
}

/** `#rounds` adds up the weights of the idle rounds since there was work; the last spin may take it past `spins`. */
class BackoffIdle implements Idle {
  readonly #parker: Parker
  readonly #spins: number
  readonly #yieldsEnd: number
  readonly #parkMicros: number
  readonly #yieldCore: () => void
  #rounds = 0

  constructor(parker: Parker, spins: number, yields: number, parkMicros: number, yieldCore: () => void) {
    this.#parker = parker
    this.#spins = spins
    this.#yieldsEnd = spins + yields
    this.#parkMicros = parkMicros
    this.#yieldCore = yieldCore
  }

  idle(workCount: number): void {
    if (workCount > 0) {
      this.#rounds = 0
    } else if (this.#rounds < this.#spins) {
      this.#rounds += this.#parker.idleWeight ?? 1
      pause()
    } else if (this.#rounds < this.#yieldsEnd) {
      this.#rounds += 1
      this.#yieldCore()
    } else {
      this.#parker.park(this.#parkMicros)
    }
  }
}

/** Tells the processor that this is a spin loop (the `pause` or `yield` instruction), where the engine can. */
const pause: () => void = typeof Atomics.pause === 'function' ? () => Atomics.pause() : () => {}

const nothing = new Int32Array(new SharedArrayBuffer(4))

/** The shortest sleep there is: gives the core away for a moment. */
export function sleepShortly(): void {
  Atomics.wait(nothing, 0, 0, 0.001)
}
