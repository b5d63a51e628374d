/**
 * Disturbs a task and watches it: kills or stalls replicas at random moments, and records every `stepMillis` how many
 * bytes have arrived. Runs beside the task on the application's thread.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../../stack/index.ts'
import type { DisturbedTransfer } from '../result/sample.ts'
import type { Progress } from '../workload/stack-side.ts'
import type { Disturbance } from './stack-spec.ts'
import { longestPause, stepMillis } from './timeline.ts'

/** A pause up to this time after a disturbance counts as its effect. Longer than any stall that experiments ask for. */
const aftermathMillis = 3000

interface Event {
  readonly kind: Disturbance['kind']
  readonly replica: number
  readonly atMillis: number
  readonly recoveredMillis: number
}

export class Disturber {
  readonly #stack: Stack
  readonly #spec: Disturbance
  readonly #progress: Progress
  readonly #startedAt = performance.now()
  readonly #bytes: number[] = []
  readonly #events: Event[] = []
  readonly #sampler: NodeJS.Timeout
  readonly #work: Promise<void>
  #isOver = false

  /** The first disturbance may come at once. */
  constructor(stack: Stack, spec: Disturbance, progress: Progress) {
    this.#stack = stack
    this.#spec = spec
    this.#progress = progress
    this.#sampler = setInterval(() => this.#sample(), stepMillis)
    this.#work = this.#disturb()
    // `finish` awaits this promise and rejects with its error. Until then a rejection must not end the process.
    this.#work.catch(() => {})
  }

  /** To be called when the task has ended. Returns what happened; rejects if a replica could not be disturbed. */
  async finish(): Promise<DisturbedTransfer> {
    this.#isOver = true
    clearInterval(this.#sampler)
    this.#sample()
    await this.#work
    return {
      stepMillis,
      bytes: this.#bytes,
      events: this.#events.map((event) => ({
        ...event,
        gapMillis: longestPause(this.#bytes, event.atMillis, event.atMillis + aftermathMillis),
      })),
    }
  }

  /** If the timer fires late, the missing steps are interpolated, so that a late timer does not look like a pause. */
  #sample(): void {
    const now = this.#progress.arrivedBytes()
    const last = this.#bytes.at(-1) ?? now
    const due = Math.floor((performance.now() - this.#startedAt) / stepMillis) + 1
    const missing = due - this.#bytes.length
    for (let k = 1; k <= missing; k++) this.#bytes.push(Math.round(last + ((now - last) * k) / missing))
  }

  async #disturb(): Promise<void> {
    for (const share of this.#spec.moments) {
      while (this.#progress.share() < share && !this.#isOver) await sleep(1)
      if (this.#isOver) return
      await this.#disturbOnce(this.#spec.victims[this.#events.length] ?? 0)
    }
  }

  async #disturbOnce(choice: number): Promise<void> {
    const { crew } = this.#stack
    const replica = crew.living[choice % crew.living.length] as number
    const atMillis = performance.now() - this.#startedAt
    if (this.#spec.kind === 'kill') {
      await crew.failReplica(replica)
      // Also if the task has ended meanwhile: the next task needs the full number of replicas.
      await crew.addReplica()
    } else {
      await crew.stallReplica(replica, this.#spec.millis)
    }
    const recoveredMillis = performance.now() - this.#startedAt
    this.#events.push({ kind: this.#spec.kind, replica, atMillis, recoveredMillis })
  }
}
