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

/** The share r that a speed-up over one thread implies. Below 0: faster than the model allows; above 1: slower than one. */
export function impliedShare({ replicas, speedup }: SpeedupPoint): number {
  return (replicas / speedup - 1) / (replicas - 1)
}

export interface SizedPoint extends SpeedupPoint {
  /** Payload that a request carries, in bytes. */
  readonly bytes: number
}

/**
 * Partitioned work over replicated work, p / s, of a request by its payload: `fixed` for what does not grow with it (a header, a
 * system call), `perByte` for what does.
 */
export interface SizeFit {
  readonly fixed: number
  readonly perByte: number
}

/** Shares that noise puts outside are taken for these: p / s has no meaning there. */
const plausibleShares = { least: 0.02, most: 0.98 } as const

/**
 * Least squares of p / s = 1/r - 1, which is linear in the bytes. Each point weighs r^4: the same error of r makes one of
 * 1/r² times as much in 1/r. Null without two sizes.
 */
export function fitWorkBySize(points: readonly SizedPoint[]): SizeFit | null {
  const used = points.filter(({ replicas, speedup }) => replicas > 1 && speedup > 0)
  let [weights, x, y, xx, xy] = [0, 0, 0, 0, 0]
  for (const point of used) {
    const share = Math.min(plausibleShares.most, Math.max(plausibleShares.least, impliedShare(point)))
    const weight = share ** 4
    const ratio = 1 / share - 1
    weights += weight
    x += weight * point.bytes
    y += weight * ratio
    xx += weight * point.bytes ** 2
    xy += weight * point.bytes * ratio
  }
  const spread = weights * xx - x * x
  if (new Set(used.map(({ bytes }) => bytes)).size < 2 || spread <= 0) return null
  const perByte = (weights * xy - x * y) / spread
  return { perByte, fixed: (y - perByte * x) / weights }
}

/** r of a request with so many bytes of payload; 1 where the fit leaves no partitioned work. */
export function shareBySize({ fixed, perByte }: SizeFit, bytes: number): number {
  return 1 / (1 + Math.max(0, fixed + perByte * bytes))
}
