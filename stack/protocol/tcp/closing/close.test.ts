import { describe, expect, it } from 'vitest'
import { UpcallError } from '../../actions.ts'
import { TestHost } from '../../testing/host.ts'
import { ownPort, Scenario } from '../../testing/scenario.ts'

describe('closing', () => {
  it('first: FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT', () => {
    const scenario = Scenario.accepted().closes()
    expect(scenario.heard()).toEqual(['FIN ACK 0'])
    // Until it is acknowledged the FIN is sent again.
    expect(scenario.waits(1_000_000).heard()).toContain('FIN ACK 0')
    expect(scenario.acks(1).forget().waits(60_000_000).heard()).toEqual([])
    scenario.sends({ flags: 'FIN ACK' })
    expect(scenario.heard()).toEqual(['ACK of 1'])
    expect(scenario.news()).toEqual(['finished 0', 'closed 0'])
    scenario.host.now += 10_000
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['ACK of 1'])
  })

  it('last: CLOSE-WAIT, LAST-ACK, CLOSED', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK' })
    expect(scenario.heard()).toEqual(['ACK of 1'])
    expect(scenario.news()).toEqual(['finished 0'])
    expect(scenario.waits(60_000_000).heard()).toEqual([])
    expect(scenario.closes().heard()).toEqual(['FIN ACK 0'])
    expect(scenario.waits(1_000_000).heard()).toContain('FIN ACK 0')
    expect(scenario.acks(1).news()).toEqual(['closed 0'])
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['RST 1'])
  })

  it('at the same time: CLOSING, TIME-WAIT', () => {
    const scenario = Scenario.accepted().closes().forget().sends({ flags: 'FIN ACK', ack: 0 })
    expect(scenario.heard()).toEqual(['ACK of 1'])
    expect(scenario.news()).toEqual(['finished 0'])
    expect(scenario.acks(1).news()).toEqual(['closed 0'])
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['ACK of 1'])
  })

  it('with the ACK of our FIN in the FIN of the peer', () => {
    const scenario = Scenario.accepted().closes().forget().sends({ flags: 'FIN ACK', ack: 1 })
    expect(scenario.heard()).toEqual(['ACK of 1'])
    expect(scenario.news()).toEqual(['finished 0', 'closed 0'])
  })

  it('sends everything that is queued first, the FIN with the last of it', () => {
    const scenario = Scenario.accepted()
      .queues(20 * 1448)
      .closes()
      .forget()
    expect(
      scenario
        .acks(10 * 1448)
        .heard()
        .at(-1),
    ).toBe(`FIN PSH ACK ${19 * 1448}+1448`)
  })

  it('still takes data from the peer (half-close)', () => {
    const scenario = Scenario.accepted().closes().acks(1).forget().sends({ length: 500 })
    expect(scenario.news()).toEqual(['readable 500'])
  })

  it('still sends data after the FIN of the peer', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK' }).forget().queues(500)
    expect(scenario.seen()).toMatchObject([{ at: 0, length: 500, ack: 1 }])
  })

  it('sends a lost FIN again', () => {
    const scenario = Scenario.accepted().queues(100).closes().acks(100).forget().waits(1_000_000)
    expect(scenario.heard()[0]).toBe('FIN ACK 100')
  })

  it('acknowledges a FIN that comes again', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK' }).forget()
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['ACK of 1'])
  })

  it('waits for window to send the FIN', () => {
    const scenario = Scenario.accepted({ windowBytes: 1024 }).queues(1024).closes()
    expect(scenario.heard()).toEqual(['PSH ACK 0+1024'])
    expect(scenario.acks(1024).heard()).toEqual(['FIN ACK 1024'])
  })

  it('takes no more to send', () => {
    expect(Scenario.accepted().closes().forget().queues(10).heard()).toEqual([])
  })

  it('sends what the close says was written, whether or not a request to send came before it', () => {
    const scenario = Scenario.accepted().closes(1000)
    expect(scenario.heard()).toEqual(['FIN PSH ACK 0+1000'])
    expect(scenario.forget().queues(1000).heard()).toEqual([])
  })

  it('is not confused by a close that says less than what is queued', () => {
    expect(Scenario.accepted().queues(1000).closes(400).heard()).toEqual(['PSH ACK 0+1000', 'FIN ACK 1000'])
  })

  it('needs no TCB in FIN-WAIT-2 if the application released the connection', () => {
    const scenario = Scenario.accepted().closes().acks(1).forget()
    expect(scenario.releases().news()).toEqual(['closed 0', 'drained 0'])
    expect(scenario.frees().host.counters.connectionsUsed).toBe(0)
  })

  it('waits in FIN-WAIT-2 for as long as the application cares', () => {
    const scenario = Scenario.accepted().closes().acks(1).waits(600_000_000).forget()
    expect(scenario.sends({ length: 5 }).news()).toEqual(['readable 5'])
  })

  it('is what a release does to an open connection', () => {
    expect(Scenario.accepted().queues(10).releases().heard()).toEqual(['PSH ACK 0+10', 'FIN ACK 10'])
    expect(Scenario.accepted().releases(10).heard()).toEqual(['FIN PSH ACK 0+10'])
  })

  it('is a reset if data was not read (RFC 1122 section 4.2.2.13, RFC 2525 section 2.17)', () => {
    const scenario = Scenario.accepted().sends({ length: 500 }).reads(499).forget().releases(0, 499)
    expect(scenario.heard()).toEqual(['RST ACK 0'])
    expect(scenario.news()).toEqual([`closed ${UpcallError.reset}`, 'drained 0'])
  })

  it('is a reset after the FIN of the peer, too, if data before it was not read', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK', length: 500 }).forget().releases()
    expect(scenario.heard()).toEqual(['RST ACK 0'])
  })

  it('is a FIN if all was read, also if the release overtakes the last request to read', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK', length: 500 }).forget().releases(0, 500)
    expect(scenario.heard()).toEqual(['FIN ACK 0'])
    expect(scenario.acks(1).news()).toEqual(['closed 0', 'drained 0'])
  })

  it('says once that nothing more touches the buffers, when it is both closed and released', () => {
    const scenario = Scenario.accepted().closes().acks(1).sends({ flags: 'FIN ACK' })
    expect(scenario.news()).toEqual(['finished 0', 'closed 0'])
    expect(scenario.releases().releases().news()).toEqual(['drained 0'])
    const early = Scenario.accepted().releases().acks(1)
    expect(early.news()).toEqual(['closed 0', 'drained 0'])
    expect(early.sends({ flags: 'FIN ACK' }).news()).toEqual([])
  })
})

describe('abort', () => {
  it('resets the connection and tells the application', () => {
    const scenario = Scenario.accepted().queues(10).forget()
    scenario.does((host) => host.abort(scenario.connection))
    expect(scenario.heard()).toEqual(['RST ACK 10'])
    expect(scenario.told()).toMatchObject([{ upcall: 'closed', first: UpcallError.reset }])
  })

  it('leaves no timer and no entry behind', () => {
    const scenario = Scenario.accepted().queues(10)
    scenario
      .does((host) => host.abort(scenario.connection))
      .forget()
      .sends({ length: 10 })
    expect(scenario.heard()).toEqual(['RST 0'])
    expect(scenario.waits(600_000_000).heard()).toEqual([])
    scenario.releases().frees()
    expect(scenario.host.counters.connectionsUsed).toBe(0)
  })
})

describe('a reset from the peer (RFC 5961)', () => {
  it('ends the connection if it is exactly at RCV.NXT', () => {
    const scenario = Scenario.accepted().sends({ flags: 'RST', at: 0 })
    expect(scenario.told()).toMatchObject([{ upcall: 'closed', first: UpcallError.reset }])
    expect(scenario.heard()).toEqual([])
  })

  it('is no loss if only our FIN was still to be acknowledged', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK' }).queues(10).closes().acks(10).forget()
    expect(scenario.sends({ flags: 'RST', at: 1 }).news()).toEqual(['closed 0'])
  })

  it('is a loss if data was', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK' }).queues(10).closes().forget()
    expect(scenario.sends({ flags: 'RST', at: 1 }).news()).toEqual([`closed ${UpcallError.reset}`])
  })

  it('is challenged elsewhere in the window', () => {
    const scenario = Scenario.accepted().sends({ flags: 'RST', at: 100 })
    expect(scenario.heard()).toEqual(['ACK of 0'])
    expect(scenario.sends({ at: 0, length: 10 }).news()).toEqual(['readable 10'])
  })

  it('ends it one before RCV.NXT, too, after the peer sent FIN (as macOS does and Linux takes it)', () => {
    const scenario = Scenario.accepted().sends({ flags: 'FIN ACK' }).forget()
    expect(scenario.sends({ flags: 'RST', at: 0 }).news()).toEqual([`closed ${UpcallError.reset}`])
  })

  it('does not one before RCV.NXT as long as the peer has not finished', () => {
    const scenario = Scenario.accepted().sends({ length: 10 }).sends({ flags: 'RST', at: 9 }).forget()
    expect(scenario.sends({ length: 10 }).news()).toEqual(['readable 20'])
  })

  it('is ignored outside of the window', () => {
    const scenario = Scenario.accepted().sends({ flags: 'RST', at: -100 })
    expect(scenario.actions()).toEqual([])
    expect(scenario.sends({ at: 0, length: 10 }).news()).toEqual(['readable 10'])
  })
})

describe('a segment that cannot be', () => {
  it('is challenged if it is a SYN (RFC 5961 section 4)', () => {
    const scenario = Scenario.accepted().sends({ flags: 'SYN', at: 5 })
    expect(scenario.heard()).toEqual(['ACK of 0'])
    expect(scenario.host.counters.challengeAcks).toBe(1)
  })

  it('is challenged if it acknowledges what was never sent', () => {
    expect(Scenario.accepted().sends({ length: 10, ack: 500 }).heard()).toEqual(['ACK of 0'])
  })

  it('is challenged at most once in ten milliseconds on one connection', () => {
    const scenario = Scenario.accepted()
    for (let count = 0; count < 150; count += 1) scenario.sends({ flags: 'RST', at: 100 })
    expect(scenario.heard()).toHaveLength(1)
    scenario.host.now += 10_000
    expect(scenario.sends({ flags: 'RST', at: 100 }).heard()).toHaveLength(1)
  })

  it('is challenged whatever was challenged on other connections (CVE-2016-5696)', () => {
    const scenario = Scenario.accepted()
    // A thousand challenges on this connection within a second …
    for (let count = 0; count < 150; count += 1) {
      scenario.host.now += 1_000
      scenario.sends({ flags: 'RST', at: 100 })
    }
    // … and then one on another.
    scenario.remotePort += 1
    scenario.peerOpens().sends({ flags: 'ACK', at: 0, ack: 0 }).forget()
    expect(scenario.sends({ flags: 'RST', at: 100 }).heard()).toEqual(['ACK of 0'])
  })

  it('is answered with an ACK if it lies outside of the window', () => {
    expect(
      Scenario.accepted()
        .sends({ at: 1 << 20, length: 10 })
        .heard(),
    ).toEqual(['ACK of 0'])
  })

  it('is answered at most a hundred times a second if it is empty', () => {
    const scenario = Scenario.accepted().sends({ at: -1 }).sends({ at: -1 })
    expect(scenario.heard()).toEqual(['ACK of 0'])
    scenario.host.now += 10_000
    expect(scenario.sends({ at: -1 }).heard()).toEqual(['ACK of 0'])
  })

  it('is ignored without ACK', () => {
    const scenario = Scenario.accepted()
    scenario.does((host) => host.frame({ ...scenario.head({ length: 10 }), flags: 0 }))
    expect(scenario.actions()).toEqual([])
  })
})

describe('a segment for no connection', () => {
  const stranger = {
    format: 5,
    ipSource: 0x0a000002,
    ipDestination: 0x0a000001,
    sourcePort: 1,
    destinationPort: 2,
  }

  it('is reset at the sequence number that it acknowledges', () => {
    const sent = new TestHost().frame({ ...stranger, flags: 16, acknowledgment: 777 })
    expect(sent).toMatchObject([{ flags: 'RST', sequence: 777 }])
  })

  it('is reset with an ACK of all it holds if it acknowledges nothing', () => {
    const sent = new TestHost().frame({ ...stranger, flags: 2, sequence: 100, payloadLength: 5 })
    expect(sent).toMatchObject([{ flags: 'RST ACK', sequence: 0, acknowledgment: 106 }])
  })

  it('is ignored if it is a reset', () => {
    expect(new TestHost().frame({ ...stranger, flags: 4 })).toEqual([])
  })
})

describe('TIME-WAIT', () => {
  function timeWait(): Scenario {
    const scenario = Scenario.accepted().closes().acks(1).sends({ flags: 'FIN ACK' })
    return scenario.releases().forget()
  }

  it('acknowledges a FIN that comes again', () => {
    const scenario = timeWait().sends({ flags: 'FIN ACK', at: 0 })
    expect(scenario.seen()).toMatchObject([{ flags: 'ACK', at: 1, raw: { timestamps: expect.anything() } }])
  })

  it('is not ended by a reset (RFC 1337)', () => {
    const scenario = timeWait().sends({ flags: 'RST', at: 1 }).sends({ flags: 'FIN ACK', at: 0 })
    expect(scenario.seen()).toMatchObject([{ flags: 'ACK' }])
  })

  it('gives way to a SYN with a newer timestamp (RFC 6191), beyond the old sequence numbers', () => {
    const scenario = timeWait()
    scenario.host.now += 10_000
    scenario.sends({ flags: 'SYN', at: -1 })
    const [answer] = scenario.seen()
    expect(answer?.flags).toBe('SYN ACK')
    expect(answer?.at).toBeGreaterThanOrEqual(1 + 65_538)
  })

  it('does not give way to an old SYN', () => {
    const scenario = timeWait().sends({ flags: 'SYN', at: -1, timestamp: 5 })
    expect(scenario.seen()).toMatchObject([{ flags: 'ACK' }])
  })

  it('is over after 2 MSL', () => {
    const scenario = timeWait().waits(60_000_000).sends({ flags: 'FIN ACK', at: 0 })
    expect(scenario.heard()).toEqual(['RST 1'])
  })

  it('forgets the oldest when the table is full', () => {
    const scenario = new Scenario({ config: { timeWaitCount: 2 } })
    scenario.does((host) => host.learn()).does((host) => host.listen(ownPort))
    for (let count = 0; count < 3; count += 1) {
      scenario.remotePort = 40_000 + count
      scenario.ack = 0
      scenario.forget().peerOpens().sends({ at: 0, ack: 0 })
      scenario.connection = scenario.upcall('accepted').connection
      scenario.closes().acks(1, { at: 0 }).sends({ flags: 'FIN ACK', at: 0 }).releases().forget()
    }
    const answers = [0, 1, 2].map((count) => {
      scenario.remotePort = 40_000 + count
      return scenario.sends({ flags: 'FIN ACK', at: 0, ack: 1 }).seen()[0]?.flags
    })
    expect(answers).toEqual(['RST', 'ACK', 'ACK'])
  })

  it('does not keep the connection from being used again', () => {
    expect(timeWait().frees().opensAnother(80, 33_000)).toBe(0x20000)
  })
})
