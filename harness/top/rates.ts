/** What a stack did between two snapshots, per second. Pure. */
import type { LiveSnapshot } from './live-file.ts'

export interface ThreadRates {
  readonly applied: number
  readonly checked: number
  readonly performed: number
  readonly claimsWon: number
  readonly claimsLost: number
  readonly polls: number
  /** Rounds that found nothing, after which the thread neither gave the core away nor slept. */
  readonly spins: number
  readonly parks: number
  /** Longest cycle of the last second or so, not a rate: eight rounds of the loop, in microseconds. */
  readonly longestCycleMicros: number
}

export interface StackRates {
  readonly title: string
  readonly pid: number
  readonly seconds: number
  /** Per second. */
  readonly threads: readonly ThreadRates[]
  readonly framesInPerSecond: number
  readonly framesOutPerSecond: number
  readonly framesRefusedPerSecond: number
  /** Application bytes that the peer acknowledged, and that the application read, in megabits a second. */
  readonly sentMbps: number
  readonly receivedMbps: number
  readonly ring: { readonly occupied: number; readonly slots: number } | null
  readonly digestsComparedPerSecond: number
  /** Since the stack began. */
  readonly digestsCompared: number
  readonly divergences: number
}

/** Undefined if the snapshots are not of the same stack, or `later` is not later than `earlier`. */
export function ratesBetween(earlier: LiveSnapshot, later: LiveSnapshot): StackRates | undefined {
  const seconds = (later.at - earlier.at) / 1000
  if (earlier.pid !== later.pid || earlier.title !== later.title || seconds <= 0) return undefined
  const [before, after] = [earlier.counters, later.counters]
  if (before.perThread.length !== after.perThread.length) return undefined
  // Counters wrap at 2^32.
  const rate = (from: number | undefined, to: number | undefined) =>
    (((to ?? 0) - (from ?? 0)) >>> 0) / seconds
  const threads = after.perThread.map((now, k): ThreadRates => {
    const then = before.perThread[k] ?? now
    const of = (name: string) => rate(before.perReplica[k]?.[name], after.perReplica[k]?.[name])
    const parks = rate(then.sleeps, now.sleeps)
    const spins = rate(then.idleRounds, now.idleRounds) - rate(then.yields, now.yields) - parks
    return {
      applied: of('applied'),
      checked: of('checked'),
      performed: of('performed'),
      claimsWon: of('claimsWon'),
      claimsLost: of('claimsLost'),
      polls: of('polls'),
      spins: Math.max(0, spins),
      parks,
      longestCycleMicros: now.longestCycleMicros,
    }
  })
  const mbps = (from: number, to: number) => ((to - from) * 8) / 1e6 / seconds
  return {
    title: later.title,
    pid: later.pid,
    seconds,
    threads,
    framesInPerSecond: rate(before.framesIn, after.framesIn),
    framesOutPerSecond: rate(before.framesOut, after.framesOut),
    framesRefusedPerSecond: rate(before.framesRefused, after.framesRefused),
    sentMbps: mbps(before.bytesSent, after.bytesSent),
    receivedMbps: mbps(before.bytesReceived, after.bytesReceived),
    ring: after.ring ?? null,
    digestsComparedPerSecond: rate(before.digestsCompared, after.digestsCompared),
    digestsCompared: after.digestsCompared,
    divergences: after.divergences,
  }
}
