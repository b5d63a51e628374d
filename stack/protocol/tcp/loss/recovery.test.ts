import { describe, expect, it } from 'vitest'
import { UpcallError } from '../../actions.ts'
import type { PostedUpcall } from '../../testing/readable.ts'
import { Scenario, type ScenarioOptions } from '../../testing/scenario.ts'

const mss = 1448
const rttMicros = 20_000

/** Ten segments in flight, one round trip old, after a first one that gave a round-trip time. */
function inFlight(options: ScenarioOptions = {}): Scenario {
  const scenario = Scenario.accepted(options).queues(mss)
  scenario.host.now += rttMicros
  scenario.acks(mss).queues(11 * mss)
  scenario.host.now += rttMicros
  return scenario.forget()
}

/** Edges of segments `from` … `to` (not included), counted from 0. */
function block(from: number, to: number): readonly [number, number] {
  return [from * mss, to * mss]
}

/** How many segments leave at once when there is much to send and nothing in flight: the congestion window. */
function burst(scenario: Scenario, from = 11 * mss): number {
  return scenario
    .forget()
    .queues(from + 100 * mss)
    .heard().length
}

describe('loss detection by RACK (RFC 8985)', () => {
  it('does not take three duplicates for a loss while the reordering window lasts', () => {
    const scenario = inFlight({ config: { reorderingFloorMicros: 8000 } })
    scenario.acks(mss, { sack: [block(2, 5)] })
    expect(scenario.heard()).toEqual([])
    expect(scenario.waits(7_999).heard()).toEqual([])
    expect(scenario.waits(1).heard()).toEqual([`ACK ${mss}+${mss}`])
    expect(scenario.host.counters.fastRetransmits).toBe(1)
  })

  it('takes back its suspicion when the segment arrives in time', () => {
    const scenario = inFlight({ config: { reorderingFloorMicros: 8000 } })
    scenario
      .acks(mss, { sack: [block(2, 5)] })
      .acks(5 * mss)
      .waits(20_000)
    expect(scenario.host.counters.retransmits).toBe(0)
  })

  it('finds every hole that is overdue, and repairs them in order', () => {
    const scenario = inFlight().acks(mss, { sack: [block(2, 4), block(5, 10)] })
    scenario.waits(2_000)
    scenario.host.now += 1000
    scenario.acks(mss, { sack: [block(2, 4), block(5, 11)] })
    expect(scenario.heard()).toEqual([`ACK ${mss}+${mss}`, `ACK ${4 * mss}+${mss}`])
  })

  it('finds a retransmission that was lost again', () => {
    const scenario = inFlight().queues(30 * mss)
    scenario.acks(mss, { sack: [block(2, 6)] }).waits(1_000)
    expect(scenario.heard()).toContain(`ACK ${mss}+${mss}`)
    // SACKs of segments sent before the retransmission say nothing about it.
    scenario.host.now += rttMicros
    scenario.acks(mss, { sack: [block(2, 15)] })
    expect(scenario.heard()).toContain(`ACK ${15 * mss}+${mss}`)
    // Segments sent after the retransmission arrive, so it is overdue.
    scenario.host.now += rttMicros
    scenario.acks(mss, { sack: [block(2, 17)] })
    expect(scenario.heard()).toContain(`ACK ${mss}+${mss}`)
  })

  it('widens its window when a DSACK shows that a retransmission was needless', () => {
    const scenario = Scenario.accepted({ timestamps: false })
    expect(scenario.patienceMillis(mss)).toBe(5)
    scenario.acks(scenario.ack, { sack: [[scenario.ack - mss, scenario.ack]] })
    // The window stays wider for 16 recoveries, as in the RFC, this one included.
    const after = Array.from({ length: 17 }, () => scenario.patienceMillis(mss))
    expect(after).toEqual([...Array.from({ length: 16 }, () => 10), 5])
  })
})

describe('recovery', () => {
  it('reduces the window once for all losses of a flight', () => {
    const scenario = inFlight({ config: { congestionControl: 'newreno' } })
    scenario.acks(mss, { sack: [block(2, 4), block(5, 11)] }).waits(1_000)
    scenario.acks(4 * mss, { sack: [block(5, 11)] }).acks(11 * mss)
    expect(scenario.host.counters).toMatchObject({ fastRetransmits: 1, retransmits: 2 })
    expect(burst(scenario)).toBe(5)
  })

  it('sends in proportion to what arrives (RFC 6937)', () => {
    const scenario = inFlight({ config: { congestionControl: 'newreno' } })
      .queues(100 * mss)
      .forget()
    scenario.acks(mss, { sack: [block(2, 3)] })
    // Limited transmit; then the reordering window passes, a quarter of a round trip.
    expect(scenario.heard()).toEqual([`ACK ${11 * mss}+${mss}`])
    expect(scenario.waits(5_000).heard()).toEqual([`ACK ${mss}+${mss}`])
    const sent: number[] = []
    for (let index = 4; index <= 11; index += 1) {
      scenario.acks(mss, { sack: [block(2, index)] })
      sent.push(scenario.seen().length)
    }
    // Eight segments arrived and the window falls to half, so four may leave. The first of the four has left already.
    expect(sent.reduce((sum, count) => sum + count, 0)).toBe(3)
  })

  it('keeps nothing of what is acknowledged: no timer sends it again', () => {
    const scenario = inFlight()
      .acks(mss, { sack: [block(2, 5)] })
      .waits(1_000)
    expect(scenario.heard()).toEqual([`ACK ${mss}+${mss}`])
    expect(
      scenario
        .acks(11 * mss)
        .waits(120_000_000)
        .heard(),
    ).toEqual([])
  })

  it('ignores SACK blocks that lie outside of what was sent', () => {
    const scenario = inFlight().acks(mss, { sack: [block(5, 400)] })
    // If the blocks were applied, the segments before them would count as lost.
    expect(scenario.waits(15_000).heard()).toEqual([])
  })

  it('counts no segment that a block covers only in part', () => {
    const scenario = inFlight().acks(mss, { sack: [[2 * mss + 10, 4 * mss - 10]] })
    expect(scenario.waits(6_000).heard()).toEqual([])
    // When the block grows, the segments that it covered in part are counted.
    scenario.acks(mss, { sack: [[2 * mss, 4 * mss]] })
    expect(scenario.waits(6_000).heard()).toEqual([`ACK ${mss}+${mss}`])
  })

  it('undoes the reduction when a DSACK accounts for every retransmission', () => {
    const scenario = inFlight()
      .acks(mss, { sack: [block(2, 11)] })
      .waits(1_000)
    scenario.acks(11 * mss).acks(11 * mss, { sack: [block(1, 2)] })
    expect(scenario.host.counters).toMatchObject({ fastRetransmits: 1, undos: 1 })
    expect(burst(scenario)).toBe(10)
  })

  // The invariants, which are checked after every request, demand this order.
  it('puts what was deemed lost back among what is in flight in the order in which it was sent', () => {
    const scenario = inFlight()
      .queues(30 * mss)
      .forget()
    scenario.acks(mss, { sack: [block(9, 11)] }).waits(6_000)
    // Two new ones left for the two that arrived; then eight are lost, of which one may leave.
    expect(scenario.heard()).toEqual([11, 12, 1].map((place) => `ACK ${place * mss}+${mss}`))
    scenario.acks(2 * mss, { echo: scenario.host.counters.millis - 500, sack: [block(9, 11)] })
    expect(scenario.host.counters.undos).toBe(1)
    expect(scenario.host.invariants).toBeDefined()
  })

  it('undoes the reduction when the ACK answers the first transmission (RFC 3522)', () => {
    const scenario = inFlight()
    const before = scenario.host.counters.millis
    scenario.acks(mss, { sack: [block(2, 3)] }).waits(6_000)
    scenario.acks(3 * mss, { echo: before - 5 }).acks(11 * mss)
    expect(scenario.host.counters).toMatchObject({ fastRetransmits: 1, undos: 1 })
    expect(burst(scenario)).toBe(10)
  })

  it('undoes the reduction when what was deemed lost arrives before it is sent again', () => {
    const scenario = inFlight().acks(mss, { sack: [block(2, 11)] })
    // The reordering timer fires in the same request that brings the ACK.
    scenario.host.now += 6_000
    scenario.acks(11 * mss)
    expect(scenario.host.counters).toMatchObject({ fastRetransmits: 1, retransmits: 0, undos: 1 })
    expect(burst(scenario)).toBe(10)
  })

  it('does not undo before all of it has arrived', () => {
    const scenario = inFlight().acks(mss, { sack: [block(2, 4), block(5, 11)] })
    scenario.host.now += 6_000
    scenario.acks(2 * mss, { sack: [block(2, 4), block(5, 11)] })
    expect(scenario.host.counters.undos).toBe(0)
    expect(scenario.heard()).toContain(`ACK ${4 * mss}+${mss}`)
  })

  it('does not undo when the ACK answers the retransmission', () => {
    const scenario = inFlight()
      .acks(mss, { sack: [block(2, 3)] })
      .waits(6_000)
    scenario.acks(3 * mss).acks(11 * mss)
    expect(scenario.host.counters).toMatchObject({ fastRetransmits: 1, undos: 0 })
    // CUBIC keeps seven tenths.
    expect(burst(scenario)).toBe(7)
  })
})

describe('the tail loss probe (RFC 8985 section 7)', () => {
  it('sends the last segment again after two round trips', () => {
    const scenario = inFlight({ config: { reorderingFloorMicros: 0 } })
    // Since the segments left one round trip has passed.
    expect(scenario.waits(20_000 - 1).heard()).toEqual([])
    expect(scenario.waits(1).heard()).toEqual([`PSH ACK ${10 * mss}+${mss}`])
    expect(scenario.host.counters.lossProbes).toBe(1)
  })

  it('sends new data if there is some', () => {
    const scenario = Scenario.accepted().queues(mss)
    scenario.host.now += rttMicros
    scenario
      .acks(mss)
      .queues(50 * mss)
      .forget()
      .waits(2 * rttMicros + 1_000)
    expect(scenario.heard()).toEqual([`ACK ${11 * mss}+${mss}`])
  })

  it('shows the loss of the whole tail, which RACK then repairs', () => {
    const scenario = inFlight().waits(22_000).forget()
    scenario.host.now += rttMicros
    scenario.acks(mss, { sack: [block(10, 11)] }).waits(10_000)
    expect(scenario.heard().length).toBeGreaterThanOrEqual(1)
    expect(scenario.host.counters.timeouts).toBe(0)
  })

  it('reduces the window if the probe itself repaired the loss', () => {
    const scenario = inFlight({ config: { congestionControl: 'newreno' } }).waits(22_000)
    scenario.acks(11 * mss)
    scenario.queues(12 * mss).acks(12 * mss)
    expect(burst(scenario, 12 * mss)).toBeLessThan(10)
  })

  it('reduces nothing if a DSACK says that both copies arrived', () => {
    const scenario = inFlight().waits(22_000)
    scenario.acks(11 * mss).acks(11 * mss, { sack: [block(10, 11)] })
    scenario.queues(12 * mss).acks(12 * mss)
    expect(burst(scenario, 12 * mss)).toBe(10)
  })

  it('is not sent to a peer without SACK', () => {
    const scenario = inFlight({ sackPermitted: false }).waits(100_000)
    expect(scenario.host.counters.lossProbes).toBe(0)
  })
})

/** One segment is sent after `micros`, and none before. */
function expectTimeoutAfter(scenario: Scenario, micros: number): void {
  expect(
    scenario
      .forget()
      .waits(micros - 1)
      .heard(),
  ).toEqual([])
  expect(scenario.waits(1).heard()).toHaveLength(1)
}

/** Without a new sample, the timeout stays doubled after the one before (RFC 6298 section 5.7). */
function expectDoubledTimeout(scenario: Scenario): void {
  expectTimeoutAfter(scenario, 400_000)
}

describe('the retransmission timeout (RFC 6298)', () => {
  it('sends the oldest segment again, with a window of one', () => {
    const scenario = inFlight({ sackPermitted: false }).waits(200_000)
    expect(scenario.heard()).toEqual([`ACK ${mss}+${mss}`])
  })

  it('goes on in slow start, repairing what is lost', () => {
    const scenario = inFlight({ sackPermitted: false }).waits(200_000).forget()
    expect(scenario.acks(2 * mss).heard()).toEqual([`ACK ${2 * mss}+${mss}`, `ACK ${3 * mss}+${mss}`])
  })

  it('backs off, and gives up in the end', () => {
    const scenario = inFlight()
    const times: number[] = []
    const told: PostedUpcall[] = []
    while (told.length === 0 && times.length < 40) {
      const before = scenario.host.counters.timeouts
      told.push(...scenario.waits(50_000).told())
      if (scenario.host.counters.timeouts > before) times.push(scenario.host.now)
    }
    const gaps = times.slice(1).map((time, index) => (time - (times[index] as number)) / 1e6)
    expect(gaps.slice(0, 4)).toEqual([0.4, 0.8, 1.6, 3.2])
    expect(Math.max(...gaps)).toBeCloseTo(60, 0)
    expect(told).toMatchObject([{ upcall: 'closed', first: UpcallError.timedOut }])
  })

  it('takes no sample from a segment that was sent twice (Karn), without timestamps', () => {
    const scenario = inFlight({ timestamps: false, sackPermitted: false }).waits(200_000)
    scenario.acks(2 * mss).forget()
    expectDoubledTimeout(scenario)
  })

  it('takes no sample from what waited behind a hole either', () => {
    const scenario = inFlight({ timestamps: false, sackPermitted: false }).waits(200_000)
    scenario
      .acks(11 * mss)
      .queues(12 * mss)
      .forget()
    expectDoubledTimeout(scenario)
  })

  it('takes the sample from the timestamp then, if there is one', () => {
    const scenario = inFlight({ sackPermitted: false, config: { minimumRtoMicros: 1_000 } }).waits(30_000)
    expect(scenario.host.counters.timeouts).toBe(1)
    scenario.host.tick()
    scenario.acks(11 * mss, { echo: scenario.host.counters.millis - 80 }).queues(12 * mss)
    // SRTT: 7/8 of 20 ms and 1/8 of 80 ms. RTTVAR: 3/4 of 7.5 ms and 1/4 of 60 ms.
    expectTimeoutAfter(scenario, 27_500 + 4 * 20_625)
  })

  it('measures SRTT and RTTVAR as the RFC says', () => {
    // The first sample is the handshake's: SRTT is 80 ms, RTTVAR 40 ms.
    const once = { sackPermitted: false, roundTripMicros: 80_000 }
    expectTimeoutAfter(Scenario.accepted(once).queues(10), 240_000)
    const scenario = Scenario.accepted(once).queues(10)
    scenario.host.now += 160_000
    // 7/8 80 + 1/8 160 = 90; 3/4 40 + 1/4 80 = 50.
    expectTimeoutAfter(scenario.acks(10).queues(20), 290_000)
  })

  it('forgets SACKs that the peer took back (RFC 2018 section 8)', () => {
    const scenario = inFlight().acks(mss, { sack: [block(2, 5)] })
    // The cumulative ACK stops where a sacked range begins: the peer has dropped this range.
    scenario
      .acks(2 * mss)
      .waits(2_000_000)
      .forget()
    scenario.acks(3 * mss)
    expect(scenario.heard()).toContain(`ACK ${3 * mss}+${mss}`)
  })

  it('is undone when the ACKs were there, unread', () => {
    const scenario = inFlight()
    // The tail loss probe comes first, and is a retransmission of its own.
    scenario.waits(100_000)
    scenario.host.now += 300_000
    scenario.acks(11 * mss)
    expect(scenario.host.counters).toMatchObject({ timeouts: 1, retransmits: 1, undos: 1 })
    expect(burst(scenario)).toBe(10)
  })

  it('is undone when it was spurious', () => {
    const scenario = inFlight()
    const before = scenario.host.counters.millis - 10
    scenario.waits(300_000).acks(2 * mss, { echo: before })
    expect(scenario.host.counters).toMatchObject({ timeouts: 1, undos: 1 })
    expect(burst(scenario.acks(11 * mss))).toBeGreaterThanOrEqual(10)
  })
})

describe('recovery without SACK (RFC 6582)', () => {
  const plain = { sackPermitted: false, config: { congestionControl: 'newreno' as const } }

  it('takes the third duplicate ACK for a loss', () => {
    const scenario = inFlight(plain).acks(mss).acks(mss)
    expect(scenario.heard()).toEqual([])
    expect(scenario.acks(mss).heard()).toEqual([`ACK ${mss}+${mss}`])
  })

  it('sends one new segment for each of the first two (RFC 3042)', () => {
    const scenario = inFlight(plain)
      .queues(20 * mss)
      .forget()
    expect(scenario.acks(mss).heard()).toEqual([`ACK ${11 * mss}+${mss}`])
  })

  it('repairs the next hole at each partial ACK', () => {
    const scenario = inFlight(plain).acks(mss).acks(mss).acks(mss).forget()
    expect(scenario.acks(4 * mss).heard()).toEqual([`ACK ${4 * mss}+${mss}`])
    expect(burst(scenario.acks(11 * mss))).toBe(5)
  })
})
