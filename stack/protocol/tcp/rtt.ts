/** Round-trip time: SRTT, RTTVAR and RTO (RFC 6298), and a windowed minimum (RFC 8985 section 6.2). */
import type { Core } from '../state/core.ts'
import { TcbFlag } from '../state/tcb.ts'
import { maximumRtoMicros, minimumRttPeriodMillis } from './constants.ts'

/** Takes a sample of `micros` ≥ 0. */
export function takeRttSample(core: Core, micros: number): void {
  const { tcb } = core
  const sample = micros < 1 ? 1 : Math.min(micros, maximumRtoMicros)
  if ((tcb.flags & TcbFlag.rttMeasured) === 0) {
    tcb.flags |= TcbFlag.rttMeasured
    // RFC 6298 (2.2): SRTT <- R, RTTVAR <- R/2.
    tcb.srtt = sample << 3
    tcb.rttVariance = sample << 1
  } else {
    // RFC 6298 (2.3): RTTVAR <- 3/4 RTTVAR + 1/4 |SRTT - R|; SRTT <- 7/8 SRTT + 1/8 R.
    const error = sample - (tcb.srtt >> 3)
    const deviation = error < 0 ? -error : error
    tcb.rttVariance += deviation - (tcb.rttVariance >> 2)
    tcb.srtt += error
  }
  updateMinimum(core, sample)
  // RFC 6298 (2.3) and (2.4): RTO <- SRTT + max(G, 4 RTTVAR), not below the configured floor.
  const rto = (tcb.srtt >> 3) + Math.max(1, tcb.rttVariance)
  tcb.rto = Math.min(maximumRtoMicros, Math.max(core.config.minimumRtoMicros, rto))
  // RFC 6298 section 5.7, Karn: a valid sample ends the backoff.
  tcb.backoff = 0
}

/** RTO with its backoff (RFC 6298 (5.5)), in microseconds. */
export function backedOffRto(core: Core): number {
  const { rto, backoff } = core.tcb
  if (backoff >= 16) return maximumRtoMicros
  return Math.min(maximumRtoMicros, rto * (1 << backoff))
}

/** The smoothed round-trip time, in microseconds; 0 before the first sample. */
export function smoothedRtt({ tcb }: Pick<Core, 'tcb'>): number {
  return tcb.srtt >> 3
}

/** The least round trip of the last two periods; 0 before the first sample. */
export function minimumRtt(core: Core): number {
  const { tcb } = core
  return tcb.minimumRttBefore !== 0 && tcb.minimumRttBefore < tcb.minimumRtt
    ? tcb.minimumRttBefore
    : tcb.minimumRtt
}

function updateMinimum(core: Core, sample: number): void {
  const { tcb, globals } = core
  if (tcb.minimumRtt === 0) {
    tcb.minimumRtt = sample
    tcb.minimumRttSince = globals.millis
    return
  }
  if (((globals.millis - tcb.minimumRttSince) | 0) > minimumRttPeriodMillis) {
    tcb.minimumRttBefore = tcb.minimumRtt
    tcb.minimumRtt = sample
    tcb.minimumRttSince = globals.millis
    return
  }
  if (sample < tcb.minimumRtt) tcb.minimumRtt = sample
}
