import { describe, expect, it } from 'vitest'
import { UpcallError } from '../../actions.ts'
import { jumbo, Scenario } from '../../testing/scenario.ts'

/** A connection past its first segments, which are acknowledged at once. */
function settled(options: ConstructorParameters<typeof Scenario>[0] = {}): Scenario {
  const scenario = Scenario.accepted(options)
  for (let index = 0; index < 32; index += 1) scenario.sends({ length: 1448 })
  return scenario.reads(scenario.at).forget()
}

describe('data in order', () => {
  it('is delivered at its position, and readable up to its end', () => {
    const scenario = Scenario.accepted().sends({ length: 1000 })
    expect(scenario.told()).toMatchObject([
      {
        action: 'deliver',
        upcall: 'readable',
        first: 1000,
        payloadOffset: 66,
        payloadLength: 1000,
        position: 0n,
      },
    ])
  })

  it('is acknowledged at once while the connection is young', () => {
    expect(Scenario.accepted().sends({ length: 1000 }).heard()).toEqual(['ACK of 1000'])
  })

  it('is acknowledged every second full segment later on', () => {
    const scenario = settled()
    const start = scenario.at
    expect(scenario.sends({ length: 1448 }).heard()).toEqual([])
    expect(scenario.sends({ length: 1448 }).heard()).toEqual([`ACK of ${start + 2896}`])
  })

  it('is acknowledged once for a burst, by its last segment', () => {
    const scenario = settled()
    const start = scenario.at
    for (let k = 0; k < 9; k += 1) scenario.sends({ length: 1448, isFollowed: true })
    expect(scenario.heard()).toEqual([])
    expect(scenario.sends({ length: 1448 }).heard()).toEqual([`ACK of ${start + 14_480}`])
  })

  it('is acknowledged within a burst after 64 KB', () => {
    const scenario = settled()
    const start = scenario.at
    for (let k = 0; k < 46; k += 1) scenario.sends({ length: 1448, isFollowed: true })
    expect(scenario.heard()).toEqual([`ACK of ${start + 46 * 1448}`])
  })

  it('is acknowledged by the timer where the rest of a burst was not what it seemed', () => {
    const scenario = settled()
    for (let k = 0; k < 3; k += 1) scenario.sends({ length: 1448, isFollowed: true })
    expect(scenario.waits(39_999).heard()).toEqual([])
    expect(scenario.waits(1).heard()).toEqual([`ACK of ${scenario.at}`])
  })

  it('is acknowledged at once while the connection is young, also in a burst', () => {
    const scenario = Scenario.accepted().sends({ length: 1000, isFollowed: true })
    expect(scenario.heard()).toEqual(['ACK of 1000'])
  })

  it('is acknowledged by the delayed ACK timer otherwise', () => {
    const scenario = settled()
    scenario.sends({ length: 10 })
    expect(scenario.waits(39_999).heard()).toEqual([])
    expect(scenario.waits(1).heard()).toEqual([`ACK of ${scenario.at}`])
  })

  it('is acknowledged by data that goes the other way', () => {
    const scenario = settled()
    scenario.sends({ length: 10 }).queues(5)
    expect(scenario.seen()).toMatchObject([{ flags: 'PSH ACK', length: 5, ack: scenario.at }])
    expect(
      scenario
        .waits(100_000)
        .heard()
        .filter((text) => text.startsWith('ACK of')),
    ).toEqual([])
  })

  it('keeps its position beyond 4 GiB', () => {
    const start = 0xffff_fc00
    const scenario = Scenario.accepted(jumbo)
    // Off: checking the invariants after each of so many requests would take seconds.
    scenario.host.invariants = undefined
    while (scenario.at < start) {
      for (let count = 0; count < 100 && scenario.at < start; count += 1) {
        scenario.sends({ length: Math.min(65_483, start - scenario.at) })
      }
      scenario.reads(scenario.at).forget()
    }
    for (let count = 0; count < 3; count += 1) scenario.sends({ length: 512 })
    expect(scenario.told().map(({ position }) => position)).toEqual([
      0xffff_fc00n,
      0xffff_fe00n,
      0x1_0000_0000n,
    ])
  })
})

describe('data out of order', () => {
  it('is delivered at once, but readable only when the gap is filled', () => {
    const scenario = Scenario.accepted()
    scenario.sends({ at: 1000, length: 500 })
    expect(scenario.news()).toEqual(['readable 0'])
    scenario.sends({ at: 0, length: 1000 })
    expect(scenario.told()).toMatchObject([{ first: 1500, payloadLength: 1000, position: 0n }])
  })

  it('is reported by SACK at once, most recent first', () => {
    const scenario = Scenario.accepted()
    scenario
      .sends({ at: 1000, length: 100 })
      .sends({ at: 3000, length: 100 })
      .sends({ at: 2000, length: 100 })
    expect(scenario.seen().at(-1)).toMatchObject({
      ack: 0,
      sack: [
        [2000, 2100],
        [3000, 3100],
        [1000, 1100],
      ],
    })
  })

  it('joins neighbours to one range', () => {
    const scenario = Scenario.accepted()
    scenario
      .sends({ at: 1000, length: 100 })
      .sends({ at: 1200, length: 100 })
      .sends({ at: 1100, length: 100 })
    expect(scenario.seen().at(-1)?.sack).toEqual([[1000, 1300]])
  })

  it('is acknowledged at once when a gap is filled, even in part', () => {
    const scenario = settled()
    const start = scenario.at
    scenario
      .sends({ at: start + 100, length: 100 })
      .sends({ at: start + 300, length: 100 })
      .forget()
    scenario.sends({ at: start, length: 100 })
    expect(scenario.seen()).toMatchObject([{ ack: start + 200, sack: [[start + 300, start + 400]] }])
  })

  it('is never delivered twice, however segments overlap', () => {
    const scenario = Scenario.accepted()
    scenario.sends({ at: 1000, length: 1000 }).forget()
    scenario.sends({ at: 0, length: 3000 })
    expect(scenario.told()).toMatchObject([
      { first: 2000, position: 0n, payloadLength: 1000, payloadOffset: 66 },
      { first: 3000, position: 2000n, payloadLength: 1000, payloadOffset: 2066 },
    ])
  })

  it('is dropped when it would need more ranges than are remembered', () => {
    const scenario = Scenario.accepted()
    for (let index = 1; index <= 32; index += 1) scenario.sends({ at: index * 1000, length: 10 })
    scenario.forget().sends({ at: 50_000, length: 10 })
    expect(scenario.news()).toEqual([])
    expect(scenario.host.counters.rangesExhausted).toBe(1)
    // A segment that adjoins a range needs no new range.
    scenario.sends({ at: 1010, length: 10 })
    expect(scenario.news()).toEqual(['readable 0'])
  })

  it('is reported as a duplicate when it comes again (RFC 2883)', () => {
    const scenario = Scenario.accepted()
      .sends({ at: 0, length: 1000 })
      .sends({ at: 2000, length: 100 })
      .forget()
    scenario.sends({ at: 0, length: 1000 })
    expect(scenario.seen()).toMatchObject([
      {
        ack: 1000,
        sack: [
          [0, 1000],
          [2000, 2100],
        ],
      },
    ])
    scenario.sends({ at: 2000, length: 100 })
    expect(scenario.seen()).toMatchObject([
      {
        sack: [
          [2000, 2100],
          [2000, 2100],
        ],
      },
    ])
    expect(scenario.news()).toEqual([])
  })

  it('says nothing in SACK to a peer that does not know it', () => {
    const scenario = Scenario.accepted({ sackPermitted: false }).sends({ at: 1000, length: 100 })
    expect(scenario.seen()).toMatchObject([{ ack: 0, sack: [] }])
  })

  it('holds back a FIN until the gap before it is filled', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK', at: 1000, length: 100 })
    expect(scenario.news()).toEqual(['readable 0'])
    // The FIN is held with the range that it ends.
    expect(scenario.seen()).toMatchObject([{ ack: 0, sack: [[1000, 1101]] }])
    scenario.sends({ at: 0, length: 1000 })
    expect(scenario.news()).toEqual(['readable 1100', 'finished 1100'])
    expect(scenario.seen().at(-1)).toMatchObject({ ack: 1101 })
  })
})

describe('the receive window', () => {
  const small = { config: { receiveBufferBytes: 8192 } }

  it('shrinks as data arrives that is not read, and shuts', () => {
    const scenario = Scenario.accepted(small).sends({ length: 8192 })
    expect(scenario.seen()).toMatchObject([{ ack: 8192, windowBytes: 0 }])
  })

  it('takes no byte beyond its edge', () => {
    const scenario = Scenario.accepted(small).sends({ length: 10_000 })
    expect(scenario.told()).toMatchObject([{ payloadLength: 8192 }])
  })

  it('is announced when reading opens it by two segments and doubles it', () => {
    const scenario = Scenario.accepted(small).sends({ length: 8192 }).forget()
    expect(scenario.reads(1000).heard()).toEqual([])
    scenario.reads(2920)
    expect(scenario.seen()).toMatchObject([{ ack: 8192, windowBytes: 2920 }])
  })

  it('is not announced at every read to a peer without window scaling, which cannot be told more', () => {
    const scenario = Scenario.accepted({ windowScale: undefined })
      .sends({ length: 1448 * 20 })
      .forget()
    for (let read = 1; read <= 10; read += 1) scenario.reads(read * 1448)
    expect(scenario.heard()).toEqual([])
  })

  it('is announced to a peer without window scaling when it was shut', () => {
    const scenario = Scenario.accepted({ windowScale: undefined, config: { receiveBufferBytes: 1 << 17 } })
    for (let piece = 0; piece < 4; piece += 1) scenario.sends({ length: 1 << 15 })
    expect(scenario.waits(100_000).seen().at(-1)?.windowBytes).toBe(0)
    expect(scenario.reads(65_535).heard()).toHaveLength(1)
  })

  it('is not announced while the peer has more than half of it', () => {
    const scenario = Scenario.accepted(small).sends({ length: 3000 }).forget()
    expect(scenario.reads(3000).heard()).toEqual([])
  })

  it('answers a probe of the shut window, and takes the ACK in it', () => {
    const scenario = Scenario.accepted(small).queues(100).sends({ length: 8192 }).forget()
    scenario.sends({ at: 8192, length: 1, ack: 100 })
    expect(scenario.seen()).toMatchObject([{ ack: 8192, windowBytes: 0 }])
    expect(scenario.news()).toEqual(['acknowledged 100'])
  })

  it('accepts an ACK from its very edge', () => {
    const scenario = Scenario.accepted(small).queues(100)
    scenario.forget().sends({ at: 8192, ack: 100 })
    expect(scenario.news()).toEqual(['acknowledged 100'])
  })
})

describe('timestamps (RFC 7323)', () => {
  it('are echoed from the segment that was acknowledged last', () => {
    const scenario = Scenario.accepted().sends({ length: 10, timestamp: 500_000 })
    expect(scenario.seen()).toMatchObject([{ raw: { timestamps: [expect.any(Number), 500_000] } }])
    // A segment beyond a gap leaves the echo as it is: that of the last segment in order.
    scenario.sends({ at: 100, length: 10, timestamp: 600_000 })
    expect(scenario.seen()).toMatchObject([{ raw: { timestamps: [expect.any(Number), 500_000] } }])
  })

  it('refuse an old segment and answer it', () => {
    const scenario = Scenario.accepted().sends({ length: 10, timestamp: 500_000 }).forget()
    scenario.sends({ length: 10, timestamp: 499_999 })
    expect(scenario.heard()).toEqual(['ACK of 10'])
    expect(scenario.news()).toEqual([])
    expect(scenario.host.counters.pawsRejected).toBe(1)
  })

  it('do not refuse anything after 24 days of silence', () => {
    const scenario = Scenario.accepted().sends({ length: 10, timestamp: 500_000 }).forget()
    const halfHour = 1_800_000_000
    for (let index = 0; index < 48 * 24 + 1; index += 1) {
      scenario.host.now += halfHour
      scenario.host.tick()
    }
    scenario.sends({ length: 10, timestamp: 1 })
    expect(scenario.news()).toEqual(['readable 20'])
  })

  it('may be left out although they were agreed on: Linux takes such segments, some proxies send them', () => {
    const scenario = Scenario.accepted()
    scenario.does((host) => host.frame({ ...scenario.head({ length: 10 }), options: 0 }))
    expect(scenario.heard()).toEqual(['ACK of 10'])
  })

  it('refuse and answer one old segment in ten milliseconds, not every one', () => {
    const scenario = Scenario.accepted().sends({ length: 10, timestamp: 500_000 }).forget()
    for (let count = 0; count < 100; count += 1) scenario.sends({ length: 10, timestamp: 499_999 })
    expect(scenario.heard()).toEqual(['ACK of 10'])
    scenario.host.now += 10_000
    expect(scenario.sends({ length: 10, timestamp: 499_999 }).heard()).toEqual(['ACK of 10'])
  })

  it('are not taken from a segment whose ACK is unacceptable', () => {
    const scenario = Scenario.accepted().sends({ length: 10, ack: 500, timestamp: 700_000 })
    // If that timestamp became TS.Recent, the peer's real timestamps would be refused as old.
    scenario.forget().sends({ at: 0, length: 10, ack: 0 })
    expect(scenario.heard()).toEqual(['ACK of 10'])
  })
})

describe('data for nobody', () => {
  it('resets a connection that was released, and says so', () => {
    const scenario = Scenario.accepted().closes().releases().forget()
    scenario.sends({ length: 10, ack: 0 })
    expect(scenario.heard()).toEqual(['RST ACK 1'])
    expect(scenario.news()).toEqual([`closed ${UpcallError.reset}`, 'drained 0'])
    expect(scenario.sends({ length: 10 }).heard()).toEqual(['RST 0'])
  })
})
