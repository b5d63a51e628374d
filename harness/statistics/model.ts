/**
 * The model of replication that measurements are held against. Of each request a share `r` of the work is state
 * management, which every replica repeats; the rest is done once, by one of them:
 *
 *   S(N) = N / (1 + (N-1) r)      speed-up over one replica; its limit is 1/r
 *
 * Beside a lock it has rates: what a request costs is `s` to apply, `s_l` to apply under a lock and `p` to perform.
 *
 *   N / (p + N s)                   requests by N replicas
 *   min(1 / s_l, N / (p + s_l))     requests by N threads under a lock: one at a time at most
 *
 * Pure. The model has no channel, no contention and no shared peer: if measurements deviate from it, one of these is
 * the cause.
 */

export interface SpeedupPoint {
  readonly replicas: number
  /** Over one replica. */
  readonly speedup: number
}

export interface ModelFit {
  /** The replicated share of work, r. Below 0: faster than the model allows; above 1: slower than one replica. */
  readonly replicatedShare: number
  /** Root mean square of measured minus predicted speed-up, over the points used. */
  readonly residual: number
  /** Points with more than one replica. */
  readonly points: number
}

export function predictedSpeedup(replicas: number, replicatedShare: number): number {
  return replicas / (1 + (replicas - 1) * replicatedShare)
}

/** Requests in the unit of time in which `s` and `p` are given. */
export function replicatedRate(replicas: number, s: number, p: number): number {
  return replicas / (p + replicas * s)
}

/** As `replicatedRate`; `section` is s_l. */
export function lockedRate(threads: number, section: number, p: number): number {
  return Math.min(1 / section, threads / (p + section))
}

/**
 * Least squares of r. N / S(N) = 1 + (N-1) r is the work done per request, which is linear in r; so
 * r = Σ (N-1) (N/S - 1) / Σ (N-1)². Null without a point of more than one replica.
 */
export function fitReplicatedShare(points: readonly SpeedupPoint[]): ModelFit | null {
  const used = points.filter(({ replicas, speedup }) => replicas > 1 && speedup > 0)
  if (used.length === 0) return null
  let numerator = 0
  let denominator = 0
  for (const { replicas, speedup } of used) {
    numerator += (replicas - 1) * (replicas / speedup - 1)
    denominator += (replicas - 1) ** 2
  }
  const replicatedShare = numerator / denominator
  const squares = used.map(
    ({ replicas, speedup }) => (speedup - predictedSpeedup(replicas, replicatedShare)) ** 2,
  )
  const residual = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / used.length)
  return { replicatedShare, residual, points: used.length }
}
