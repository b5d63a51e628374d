import { describe, expect, it } from 'vitest'
import { UpcallError } from '../actions.ts'
import { jumbo, Scenario } from '../testing/scenario.ts'

const mss = 1448

describe('a super-frame', () => {
  const config = { superFrameBytes: 8 * mss }

  it('takes what may leave together, as one action', () => {
    const seen = Scenario.accepted({ config }).queues(3000).seen()
    expect(seen).toMatchObject([{ flags: 'PSH ACK', at: 0, length: 3000, raw: { cutBytes: mss } }])
  })

  it('takes a third of the congestion window at most, so that several are on their way', () => {
    expect(Scenario.accepted({ config }).queues(100_000).heard()).toEqual([
      'ACK 0+4344',
      'ACK 4344+4344',
      'ACK 8688+4344',
      'ACK 13032+1448',
    ])
  })

  it('is no larger than it may be', () => {
    const scenario = Scenario.accepted({ config }).queues(200_000)
    for (let position = 10 * mss; position < 100_000; position *= 2) scenario.acks(position)
    expect(Math.max(...scenario.seen().map(({ length }) => length))).toBe(8 * mss)
  })

  it('is repaired by segments', () => {
    const scenario = Scenario.accepted({ config })
      .queues(3 * mss)
      .forget()
    scenario.acks(0, { sack: [[mss, 3 * mss]] }).waits(50_000)
    expect(scenario.heard()).toEqual(['ACK 0+1448'])
  })

  it('counts as its segments', () => {
    const scenario = Scenario.accepted({ config })
    const before = scenario.host.counters.segmentsOut
    expect(scenario.queues(3000).host.counters.segmentsOut - before).toBe(3)
  })

  it('is none where the peer has room for a segment only', () => {
    // The window field counts units of 128 bytes.
    const seen = Scenario.accepted({ config, windowBytes: 1536 }).queues(3000).seen()
    expect(seen).toMatchObject([{ flags: 'ACK', at: 0, length: mss, raw: { cutBytes: 0 } }])
  })
})

describe('data to send', () => {
  it('leaves in full segments, the last one with PSH', () => {
    expect(Scenario.accepted().queues(3000).heard()).toEqual([
      'ACK 0+1448',
      'ACK 1448+1448',
      'PSH ACK 2896+104',
    ])
  })

  it('does not wait for an ACK when it is little (no Nagle)', () => {
    expect(Scenario.accepted().queues(10).queues(20).heard()).toEqual(['PSH ACK 0+10', 'PSH ACK 10+10'])
  })

  it('names the stream position of every segment', () => {
    const scenario = Scenario.accepted({ iss: -700 }).queues(3000)
    expect(scenario.seen().map((segment) => segment.raw.position)).toEqual([0n, 1448n, 2896n])
  })

  it('keeps its position beyond 4 GiB', () => {
    const start = 0xffff_fc00
    const scenario = Scenario.accepted(jumbo).streams(start)
    scenario.queues(start + 2000).queues(start + 3000)
    expect(scenario.seen().map((segment) => segment.raw.position)).toEqual([0xffff_fc00n, 0x1_0000_03d0n])
    scenario.acks(start + 3000).queues(start + 3001)
    expect(scenario.seen().map((segment) => segment.raw.position)).toEqual([0x1_0000_07b8n])
  })

  it('is limited to ten segments at first (RFC 6928)', () => {
    expect(Scenario.accepted().queues(100_000).heard()).toHaveLength(10)
  })

  it('doubles with every round trip in slow start', () => {
    const scenario = Scenario.accepted().queues(100_000).forget()
    expect(scenario.acks(10 * mss).heard()).toHaveLength(20)
  })

  it('does not grow the window while the application is what limits it', () => {
    const scenario = Scenario.accepted()
    for (let position = mss; position <= 40 * mss; position += mss) scenario.queues(position).acks(position)
    expect(
      scenario
        .forget()
        .queues(140 * mss)
        .heard(),
    ).toHaveLength(10)
  })

  it('does not grow the window while the peer is what limits it', () => {
    const scenario = Scenario.accepted({ windowBytes: 4 * mss }).queues(100_000)
    for (let position = mss; position <= 40 * mss; position += mss) scenario.acks(position)
    scenario.forget().acks(43 * mss, { windowBytes: 1 << 20 })
    expect(scenario.heard()).toHaveLength(10)
  })

  it('never outgrows the ring of sent segments', () => {
    const scenario = Scenario.accepted({ config: { segmentCount: 4 } }).queues(100_000)
    expect(scenario.heard()).toHaveLength(4)
    expect(scenario.acks(mss).heard()).toHaveLength(1)
  })

  it('starts over with the initial window after an idle time', () => {
    const grown = (): Scenario => {
      const scenario = Scenario.accepted().queues(100_000)
      return scenario
        .acks(10 * mss)
        .acks(30 * mss)
        .acks(100_000)
        .forget()
    }
    expect(grown().queues(200_000).heard()).toHaveLength(40)
    expect(grown().waits(1_000_000).forget().queues(200_000).heard()).toHaveLength(10)
  })

  it('is ignored when it would not fit the send buffer', () => {
    const scenario = Scenario.accepted().queues((1 << 18) + 1)
    expect(scenario.heard()).toEqual([])
  })
})

describe('the acknowledged upcall', () => {
  it('comes when everything that was sent is acknowledged', () => {
    expect(Scenario.accepted().queues(10).acks(10).news()).toEqual(['acknowledged 10'])
  })

  it('comes for every eighth of the send buffer otherwise', () => {
    const scenario = Scenario.accepted({ config: { sendBufferBytes: 8 * 8192 } })
      .queues(8 * 8192)
      .forget()
    expect(scenario.acks(4 * mss).news()).toEqual([])
    expect(scenario.acks(6 * mss).news()).toEqual([`acknowledged ${6 * mss}`])
    expect(scenario.acks(7 * mss).news()).toEqual([])
  })

  it('does not count the FIN', () => {
    expect(Scenario.accepted().queues(10).closes().acks(11).news()).toEqual(['acknowledged 10'])
  })
})

describe("the peer's window", () => {
  it('taken back while data is in flight: an ACK is numbered so that the peer accepts it', () => {
    const scenario = Scenario.accepted()
      .queues(5 * mss)
      .acks(mss)
      .forget()
    scenario.acks(mss, { windowBytes: 0 })
    const [answer] = scenario.forget().sends({ ack: mss, windowBytes: 0, length: 100 }).waits(50_000).seen()
    expect(answer).toMatchObject({ flags: 'ACK', at: mss, ack: 100 })
  })

  it('of less than one scaled unit, taken back to nothing: an ACK is numbered so that the peer accepts it', () => {
    const scenario = Scenario.accepted({ windowScale: 10 }).queues(100).forget()
    scenario.acks(0, { windowBytes: 0 })
    const [answer] = scenario.forget().sends({ ack: 0, windowBytes: 0, length: 100 }).waits(50_000).seen()
    expect(answer).toMatchObject({ flags: 'ACK', at: 0, ack: 100 })
  })

  it('taken back in part: what is sent again ends where the window does (RFC 9293 section 3.8.6, as Linux cuts it)', () => {
    const scenario = Scenario.accepted()
      .queues(3 * mss)
      .forget()
    scenario.acks(0, { windowBytes: 1024 }).waits(1_000_000)
    expect(scenario.heard()).toContain('ACK 0+1024')
    scenario.forget().acks(1024, { windowBytes: 65_536 }).waits(4_000_000)
    expect(scenario.heard()).toContain(`ACK 1024+${mss - 1024}`)
  })

  it('is taken from whatever acknowledges more, though its number is old: a retransmission (as Linux does)', () => {
    const scenario = Scenario.accepted({ windowBytes: 5888 }).queues(100_000).forget()
    // The first of the peer's two segments is lost, and sent again when the peer has less room.
    scenario.sends({ at: 100, length: 100, windowBytes: 5888 })
    scenario.forget().sends({ at: 0, length: 100, ack: 4 * mss, windowBytes: 2944 })
    expect(scenario.heard().filter((line) => line.includes('+'))).toEqual([
      `ACK ${4 * mss}+${mss}`,
      `ACK ${5 * mss}+${mss}`,
    ])
  })

  it('is never exceeded', () => {
    expect(Scenario.accepted({ windowBytes: 2944 }).queues(100_000).heard()).toEqual([
      'ACK 0+1448',
      'ACK 1448+1448',
    ])
  })

  it('is not filled with a small segment when more is queued (RFC 9293 section 3.8.6.2.1)', () => {
    const scenario = Scenario.accepted({ windowBytes: 4096 }).queues(100_000)
    expect(scenario.heard()).toEqual(['ACK 0+1448', 'ACK 1448+1448'])
  })

  it('is filled with what is at least half of the largest window seen', () => {
    expect(Scenario.accepted({ windowBytes: 1024 }).queues(100_000).heard()).toEqual(['ACK 0+1024'])
  })

  it('holds everything back while it is shut, and is probed at growing intervals', () => {
    const scenario = Scenario.accepted().acks(0, { windowBytes: 0 }).queues(1000)
    expect(scenario.heard()).toEqual([])
    expect(scenario.waits(200_000).heard()).toEqual(['ACK of 0'])
    scenario.acks(0)
    expect(scenario.waits(399_999).heard()).toEqual([])
    expect(scenario.waits(1).heard()).toEqual(['ACK of 0'])
  })

  it('probes with a segment that the peer has to answer', () => {
    const scenario = Scenario.accepted().acks(0, { windowBytes: 0 }).queues(1000).waits(200_000)
    expect(scenario.seen()).toMatchObject([{ at: -1, length: 0 }])
  })

  it('is probed without leaving the ACK out that the probe of the peer asks for', () => {
    const scenario = Scenario.accepted({ config: { receiveBufferBytes: 2048 } })
    scenario.acks(0, { windowBytes: 0, length: 2048 }).queues(1000).forget()
    const due = scenario.host.machine.microsUntilDeadline(scenario.host.now | 0)
    scenario.host.now += due
    // Both probe at the same instant.
    scenario.sends({ at: 2047 })
    expect(scenario.seen().map(({ at }) => at)).toEqual([-1, 0])
  })

  it('lets everything go when it opens', () => {
    const scenario = Scenario.accepted().acks(0, { windowBytes: 0 }).queues(1000).waits(200_000).forget()
    expect(scenario.acks(0, { windowBytes: 65_536 }).heard()).toEqual(['PSH ACK 0+1000'])
  })

  it('is probed for as long as the peer answers', () => {
    const scenario = Scenario.accepted().acks(0, { windowBytes: 0 }).queues(1000)
    for (let minute = 0; minute < 60; minute += 1) scenario.waits(60_000_000).acks(0)
    expect(scenario.news()).toEqual([])
    expect(scenario.forget().acks(0, { windowBytes: 65_536 }).heard()).toEqual(['PSH ACK 0+1000'])
  })

  it('ends the connection when no probe is answered', () => {
    const scenario = Scenario.accepted().acks(0, { windowBytes: 0 }).queues(1000)
    for (let minute = 0; minute < 30; minute += 1) scenario.waits(60_000_000)
    expect(scenario.told()).toMatchObject([{ upcall: 'closed', first: UpcallError.timedOut }])
  })

  it('sends a part after a while if it stays too small for a segment', () => {
    const scenario = Scenario.accepted({ windowBytes: 1 << 20 })
      .acks(0, { windowBytes: 512 })
      .queues(1000)
    expect(scenario.heard()).toEqual([])
    expect(scenario.waits(200_000).heard()).toEqual(['ACK 0+512'])
  })

  it('is not taken from an old segment', () => {
    const scenario = Scenario.accepted().sends({ length: 100 }).queues(2000).forget()
    scenario.acks(2000).acks(1000, { windowBytes: 0 }).queues(3000)
    expect(scenario.heard()).toEqual(['PSH ACK 2000+1000'])
  })
})

describe('a sequence number that wraps', () => {
  it.each([
    ['in sign', 0x7fffffff - 2000],
    ['to zero', -2000],
  ])('makes no difference (%s)', (_, iss) => {
    const scenario = Scenario.accepted({ iss, irs: iss })
      .queues(10 * mss)
      .forget()
    scenario
      .acks(5 * mss)
      .sends({ length: 1448 })
      .sends({ length: 1448 })
      .acks(10 * mss)
    expect(scenario.news()).toEqual(['readable 1448', 'readable 2896', `acknowledged ${10 * mss}`])
    // Nothing is in flight that a timer would send again.
    expect(scenario.forget().waits(600_000_000).heard()).toEqual([])
  })
})
