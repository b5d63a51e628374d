/**
 * CUBIC (RFC 9438), in integers: windows in bytes, time in milliseconds, C = 0.4, beta = 0.7. Products stay
 * below 2^53, where arithmetic on JavaScript numbers is exact and equal everywhere.
 */
import { congestionWindowLimit } from '../constants.ts'
import { smoothedRtt } from '../rtt.ts'
import type { CongestionControl, CongestionView } from './control.ts'
import { cubeRoot } from './cube-root.ts'
import { raiseWindow, slowStart, spendCredit } from './window.ts'

/** C = 4/10, per second cubed. */
const scalingNumerator = 4
const scalingDenominator = 10
/** Cubes of milliseconds in a cube of seconds. */
const cubicMillis = 1_000_000_000
/**
 * Greatest distance in time from the inflection point that is computed; beyond it the clamp of `targetWindow` decides
 * anyway.
 */
const distanceLimitMillis = 60_000

export const cubic: CongestionControl = {
  grow(view: CongestionView, bytes: number): void {
    const { tcb } = view
    const rest = tcb.cwnd < tcb.ssthresh ? slowStart(view, bytes) : bytes
    if (rest === 0) return
    if (tcb.cubicEpochValid === 0) beginEpoch(view)
    updateEstimate(view, rest)
    const target = targetWindow(view)
    // Section 4.3: in the Reno-friendly region the window follows W_est.
    if (tcb.cubicEstimate > target) {
      raiseWindow(view, tcb.cubicEstimate)
      return
    }
    // Sections 4.4 and 4.5: (target - cwnd)/cwnd for each segment acknowledged; slowly at the plateau.
    const distance = Math.max(target - tcb.cwnd, Math.ceil(tcb.maximumSegment / 100))
    spendCredit(view, rest, Math.ceil((tcb.cwnd * tcb.maximumSegment) / distance))
  },

  reduce(view: CongestionView): number {
    const { tcb } = view
    const { cwnd } = tcb
    // Section 4.7, fast convergence: release bandwidth if this maximum lies below the last.
    tcb.cubicMaximum = cwnd < tcb.cubicMaximum ? Math.floor((cwnd * 17) / 20) : cwnd
    tcb.cubicPrior = cwnd
    tcb.cubicEpochValid = 0
    tcb.ackedCredit = 0
    // Section 4.6: beta_cubic = 0.7
    return Math.max(Math.floor((cwnd * 7) / 10), 2 * tcb.maximumSegment)
  },

  restart(view: CongestionView): void {
    view.tcb.cubicEpochValid = 0
    view.tcb.ackedCredit = 0
  },

  undo(view: CongestionView): void {
    const { tcb } = view
    tcb.cubicEpochValid = 0
    tcb.ackedCredit = 0
    if (tcb.cubicMaximum < tcb.cwnd) tcb.cubicMaximum = tcb.cwnd
  },
}

/** Section 4.2: K = cbrt((W_max - cwnd_epoch) / C), in milliseconds here. */
function beginEpoch(view: CongestionView): void {
  const { tcb, globals } = view
  tcb.cubicEpochValid = 1
  tcb.cubicEpoch = globals.millis
  tcb.cubicEstimate = tcb.cwnd
  tcb.cubicEstimateCredit = 0
  if (tcb.cwnd >= tcb.cubicMaximum) {
    tcb.cubicOrigin = tcb.cwnd
    tcb.cubicK = 0
    return
  }
  tcb.cubicOrigin = tcb.cubicMaximum
  // At most 60 s, whose cube in milliseconds is 2.2e14.
  const segments = (tcb.cubicMaximum - tcb.cwnd) / tcb.maximumSegment
  const cube = Math.floor((segments * scalingDenominator) / scalingNumerator)
  tcb.cubicK = Math.min(distanceLimitMillis, cubeRoot(Math.min(cube * cubicMillis, 2 ** 51)))
}

/** Section 4.2: W_cubic(t + RTT) = C (t + RTT - K)^3 + W_max, clamped to cwnd … 1.5 cwnd. */
function targetWindow(view: CongestionView): number {
  const { tcb, globals } = view
  const elapsed = (globals.millis - tcb.cubicEpoch) | 0
  const since = elapsed + Math.floor(smoothedRtt(view) / 1000) - tcb.cubicK
  const distance = Math.min(distanceLimitMillis, since < 0 ? -since : since)
  // distance² is below 2^32. Divided by 1000 early, so that the product with the segment size stays below 2^53.
  const millionths = Math.floor((distance * distance * distance) / 1000)
  const change = Math.floor(
    (Math.floor((millionths * scalingNumerator) / scalingDenominator) * tcb.maximumSegment) / 1_000_000,
  )
  const target = since < 0 ? tcb.cubicOrigin - change : tcb.cubicOrigin + change
  return Math.max(tcb.cwnd, Math.min(target, Math.floor((tcb.cwnd * 3) / 2)))
}

/**
 * Section 4.3: W_est grows by alpha segments each window, alpha = 3 (1 - beta) / (1 + beta) = 9/17 until it
 * reaches cwnd_prior, then 1.
 */
function updateEstimate(view: CongestionView, bytes: number): void {
  const { tcb } = view
  tcb.cubicEstimateCredit += bytes
  const perSegment = tcb.cubicEstimate < tcb.cubicPrior ? Math.ceil((tcb.cwnd * 17) / 9) : tcb.cwnd
  if (tcb.cubicEstimateCredit < perSegment) return
  tcb.cubicEstimateCredit -= perSegment
  tcb.cubicEstimate = Math.min(congestionWindowLimit, tcb.cubicEstimate + tcb.maximumSegment)
}
