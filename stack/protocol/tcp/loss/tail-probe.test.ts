import { describe, expect, it } from 'vitest'
import { Scenario } from '../../testing/scenario.ts'

const mss = 1448
const rttMicros = 20_000

/** Three segments in flight and nothing unsent, the round-trip time known. */
function threeInFlight(): Scenario {
  const scenario = Scenario.accepted().queues(mss)
  scenario.host.now += rttMicros
  scenario.acks(mss).queues(4 * mss)
  return scenario.forget()
}

describe('a tail loss probe (RFC 8985 section 7.3)', () => {
  it('is not sent if the frame that comes with its timer says what is lost', () => {
    const scenario = threeInFlight()
    // The thread is late: the probe timer and the ACK that SACKs the tail are handled as one request.
    scenario.host.now += 100_000
    scenario.acks(mss, { sack: [[2 * mss, 4 * mss]] })
    expect(scenario.heard()).toEqual([])
    expect(scenario.waits(30_000).heard()).toEqual([`ACK ${mss}+${mss}`])
    expect(scenario.host.counters.lossProbes).toBe(0)
  })

  it('that met the SACK of its segment leaves nothing behind: a later loss is repaired once', () => {
    const scenario = threeInFlight()
    scenario.host.now += 100_000
    scenario
      .acks(mss, { sack: [[2 * mss, 4 * mss]] })
      .acks(4 * mss)
      .queues(9 * mss)
      .forget()
    scenario.host.now += rttMicros
    scenario.acks(4 * mss, { sack: [[5 * mss, 9 * mss]] }).waits(10_000)
    expect(scenario.heard()).toEqual([`ACK ${4 * mss}+${mss}`])
    expect(
      scenario
        .acks(9 * mss)
        .waits(120_000_000)
        .heard(),
    ).toEqual([])
  })

  it('is not sent if a stretch of ACKs that came with its timer acknowledged everything', () => {
    const scenario = threeInFlight()
    scenario.host.now += 100_000
    scenario.acks(4 * mss)
    expect(scenario.heard()).toEqual([])
    expect(scenario.queues(5 * mss).heard()).toEqual([`PSH ACK ${4 * mss}+${mss}`])
    expect(scenario.host.counters.lossProbes).toBe(0)
  })
})

describe('a probe of a shut window (RFC 9293 section 3.8.6.1)', () => {
  it('is not sent if the frame that comes with its timer opens the window', () => {
    const scenario = threeInFlight()
    scenario.acks(4 * mss, { windowBytes: 0 }).queues(5 * mss)
    scenario.host.now += 2_000_000
    scenario.acks(4 * mss, { windowBytes: 1 << 20 })
    expect(scenario.heard()).toEqual([`PSH ACK ${4 * mss}+${mss}`])
    expect(scenario.host.counters.windowProbes).toBe(0)
  })
})
