import { describe, expect, it } from 'vitest'
import { noDeadline } from '../../dominoes/contract/domain.ts'
import { UpcallError } from '../actions.ts'
import { jumbo, ownPort, Scenario } from '../testing/scenario.ts'

const mss = 1448
/** The payload of a full segment under `jumbo`. */
const large = 65_483
const rttMicros = 20_000
const minute = 60_000_000
const hour = 60 * minute
const day = 24 * hour
/** Half of the range of 32-bit microseconds is 35.8 minutes, all of it 71.6. */
const silences = [1, 31, 35, 36, 40, 60, 71, 72, 75, 120, 180].map((minutes) => minutes * minute)

/** How time can pass: the machine is woken whenever it asks for it, or the whole process is stopped. */
const ways = {
  'of a stack that is awake': (scenario: Scenario, micros: number) => {
    scenario.waits(micros)
  },
  'of a process that is stopped': (scenario: Scenario, micros: number) => {
    scenario.host.now += micros
  },
} as const

/** A connection that has sent data and got a SACK, so that RACK.xmit_ts is set. */
function used(): Scenario {
  const scenario = Scenario.accepted().queues(11 * mss)
  scenario.host.now += rttMicros
  scenario.acks(mss, { sack: [[2 * mss, 3 * mss]] }).acks(11 * mss)
  return scenario.forget()
}

describe.each(Object.entries(ways))('a silence %s', (_, pass) => {
  it.each(silences)('of %i µs causes no retransmission', (micros) => {
    const scenario = used()
    pass(scenario, micros)
    scenario.queues(21 * mss)
    scenario.host.now += rttMicros
    // The peer acknowledges every second segment, as usual.
    for (let k = 13; k <= 21; k += 2) scenario.acks(k * mss)
    expect(scenario.host.counters).toMatchObject({ retransmits: 0, timeouts: 0, fastRetransmits: 0 })
    // Everything is acknowledged, so a whole window leaves at once.
    expect(scenario.forget().queues(100_000).heard().length).toBeGreaterThanOrEqual(10)
  })

  it.each(silences)('of %i µs leaves no timer that is overdue and does not fire', (micros) => {
    const scenario = used()
      .queues(12 * mss)
      .forget()
    pass(scenario, micros)
    const due = scenario.host.machine.microsUntilDeadline(scenario.host.now | 0)
    expect(due === noDeadline || due <= 10 * minute).toBe(true)
    scenario.does((host) => host.tick())
    expect(scenario.seen().length + scenario.host.counters.timeouts).toBeGreaterThan(0)
  })

  // A stop of more than 71.6 minutes looks like a shorter one: TIME-WAIT ends only if the stop seems longer than a
  // minute.
  const ending = silences.filter((micros) => micros > minute && micros % 2 ** 32 > minute)
  it.each(ending)('of %i µs ends TIME-WAIT for good', (micros) => {
    const scenario = Scenario.accepted().closes().acks(1).sends({ flags: 'FIN ACK' }).releases().forget()
    pass(scenario, micros)
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['RST 1'])
  })

  it.each(silences)('of %i µs does not keep an empty segment out of place from being answered', (micros) => {
    const scenario = used().sends({ at: -1 }).forget()
    pass(scenario, micros)
    expect(scenario.sends({ at: -1 }).heard()).toEqual([`ACK of 0`])
  })
})

describe('a silence of days', () => {
  it.each([20, 25, 30, 49, 50, 60])('of %i days refuses no old timestamp and loses no byte', (days) => {
    const scenario = used()
    scenario.waits(days * day)
    // RFC 7323 section 5.5: after 24 days TS.Recent is no longer valid; until then an older timestamp is refused.
    const taken = days > 24 ? 100 : 0
    expect(scenario.sends({ length: 100, timestamp: 1 }).heard()).toEqual([`ACK of ${taken}`])
    const next = { at: taken, length: 1, timestamp: taken > 0 ? 2 : scenario.timestampNow() }
    expect(scenario.sends(next).waits(50_000).heard()).toEqual([`ACK of ${taken + 1}`])
  })

  it('costs a wake-up every nine minutes and no frame', () => {
    const scenario = used()
    const before = scenario.host.counters.requests
    scenario.waits(day).forget()
    expect(scenario.host.counters.requests - before).toBeLessThan(24 * 8)
    expect(scenario.heard()).toEqual([])
  })

  it('is not watched over when no connection is left', () => {
    const scenario = used()
      .closes(11 * mss)
      .acks(11 * mss + 1)
      .sends({ flags: 'FIN ACK' })
      .releases()
    scenario.waits(hour)
    expect(scenario.host.machine.microsUntilDeadline(scenario.host.now | 0)).toBe(noDeadline)
  })
})

describe('what is remembered by sequence number is forgotten before numbers come round', () => {
  const early = 20 * large
  /** Seen from here, the sequence numbers around `early` seem to lie ahead. */
  const late = early + 2 ** 31 + 10 * large

  it('the end of a recovery: fast retransmit without SACK is not barred 2 GiB later (RFC 6582 section 4.1)', () => {
    const scenario = Scenario.accepted({ ...jumbo, sackPermitted: false })
    const loseOne = (start: number): void => {
      scenario.queues(start + 5 * large)
      scenario.host.now += rttMicros
      for (let count = 0; count < 3; count += 1) scenario.acks(start)
      scenario.acks(start + 5 * large)
    }
    scenario.streams(early)
    loseOne(early)
    expect(scenario.host.counters.fastRetransmits).toBe(1)
    scenario.streams(late)
    loseOne(late)
    expect(scenario.host.counters.fastRetransmits).toBe(2)
  })

  it('the round of a DSACK: a later one widens the reordering window again (RFC 8985 section 6.2)', () => {
    const scenario = Scenario.accepted({ ...jumbo, timestamps: false })
    const reportDuplicate = (): void => {
      scenario.acks(scenario.ack, { sack: [[scenario.ack - large, scenario.ack]] })
    }
    scenario.streams(early)
    reportDuplicate()
    // The reordering window is now half of the least round trip instead of a quarter.
    expect(scenario.patienceMillis(large)).toBe(10)
    scenario.streams(late)
    reportDuplicate()
    expect(scenario.patienceMillis(large)).toBe(15)
  })

  it('SACK blocks that were applied: the same numbers 4 GiB later are new', () => {
    const scenario = Scenario.accepted(jumbo).streams(early)
    const holdsSecond = (start: number): void => {
      scenario.queues(start + 5 * large)
      scenario.host.now += rttMicros
      scenario.acks(start, { sack: [[start + large, start + 2 * large]] })
    }
    holdsSecond(early)
    scenario.streams(2 ** 32 + early)
    holdsSecond(2 ** 32 + early)
    // As in the first round, only the segment before the sacked one is missing.
    scenario.forget()
    expect(scenario.waits(15_000).heard()).toEqual([`ACK ${early}+${large}`])
  })
})

describe('a peer that answers keeps its connection', () => {
  it('after it took its window back to nothing with data in flight, for as long as it answers (as Linux does)', () => {
    const scenario = Scenario.accepted()
      .queues(2 * mss)
      .forget()
    scenario.acks(0, { windowBytes: 0 })
    for (let round = 0; round < 40; round += 1) {
      scenario.waits(60_000_000)
      if (scenario.seen().length > 0) scenario.acks(0, { windowBytes: 0 })
    }
    expect(scenario.news()).toEqual([])
    expect(scenario.acks(2 * mss, { windowBytes: 1 << 20 }).news()).toEqual([`acknowledged ${2 * mss}`])
  })

  it('and loses it when it answers no more', () => {
    const scenario = Scenario.accepted()
      .queues(2 * mss)
      .forget()
    scenario.acks(0, { windowBytes: 0 })
    for (let second = 0; second < 15 * 60; second += 1) scenario.waits(1_000_000)
    expect(scenario.news()).toEqual([`closed ${UpcallError.timedOut}`])
  })

  it('however many segments in a row had to be sent twice (no sample of the round trip: Karn)', () => {
    const scenario = Scenario.accepted({ timestamps: false, sackPermitted: false })
    for (let count = 1; count <= 20; count += 1) {
      scenario.queues(count * mss).forget()
      while (scenario.seen().length === 0) scenario.waits(100_000)
      scenario.acks(count * mss)
    }
    expect(scenario.host.counters.timeouts).toBe(20)
    expect(
      scenario
        .forget()
        .queues(21 * mss)
        .heard(),
    ).toEqual([`PSH ACK ${20 * mss}+${mss}`])
  })
})

describe('the listener', () => {
  it('takes a SYN after two hours of silence', () => {
    const scenario = new Scenario()
    scenario.does((host) => host.listen(ownPort)).does((host) => host.learn())
    scenario.waits(2 * hour)
    scenario.answersArp = true
    expect(scenario.peerOpens().heard()).toEqual(['SYN ACK -1'])
  })
})
