import { describe, expect, it } from 'vitest'
import { UpcallError } from '../../actions.ts'
import { peerAddress, peerEther, TestHost } from '../../testing/host.ts'
import type { ReadableAction } from '../../testing/readable.ts'
import { ownPort, peerPort, Scenario } from '../../testing/scenario.ts'

/** The source ports of the segments among the actions. */
function sourcePorts(actions: readonly ReadableAction[]): number[] {
  return actions.flatMap((action) => (action.action === 'segment' ? [action.sourcePort] : []))
}

describe('a passive open', () => {
  it('tells the application that the port is listening', () => {
    const scenario = new Scenario().does((host) => host.listen(ownPort, 8, 77))
    expect(scenario.told()).toMatchObject([{ upcall: 'listening', first: 77, second: UpcallError.none }])
  })

  it('refuses a port that is listened on already', () => {
    const scenario = new Scenario().does((host) => host.listen(ownPort)).forget()
    scenario.does((host) => host.listen(ownPort, 8, 5))
    expect(scenario.told()).toMatchObject([{ first: 5, second: UpcallError.portInUse }])
  })

  it('answers a SYN with a SYN-ACK that offers what the peer offered', () => {
    const scenario = new Scenario().does((host) => host.learn())
    scenario.does((host) => host.listen(ownPort)).peerOpens()
    expect(scenario.seen()).toMatchObject([
      {
        flags: 'SYN ACK',
        at: -1,
        ack: 0,
        raw: { maximumSegment: 1460, windowScale: 3, sackPermitted: true },
      },
    ])
  })

  it.each([
    ['timestamps', { timestamps: false }, { timestamps: undefined }],
    ['SACK', { sackPermitted: false }, { sackPermitted: false }],
    ['window scaling', { windowScale: undefined }, { windowScale: undefined }],
  ])('leaves out %s if the peer did not offer it', (_, options, expected) => {
    const scenario = new Scenario(options).does((host) => host.learn())
    scenario.does((host) => host.listen(ownPort)).peerOpens()
    expect(scenario.seen()).toMatchObject([{ raw: expected }])
  })

  it('is complete with the ACK of its SYN-ACK, and names port and peer', () => {
    const scenario = new Scenario().does((host) => host.learn())
    scenario
      .does((host) => host.listen(ownPort))
      .peerOpens()
      .forget()
      .sends({ at: 0, ack: 0 })
    expect(scenario.told()).toMatchObject([
      { upcall: 'accepted', connection: 1 << 16, first: ownPort, second: peerAddress, third: peerPort },
    ])
  })

  it('takes data that comes with that ACK, after saying that the connection was accepted', () => {
    const scenario = new Scenario().does((host) => host.learn())
    scenario
      .does((host) => host.listen(ownPort))
      .peerOpens()
      .forget()
      .sends({ at: 0, ack: 0, length: 100 })
    expect(scenario.news()).toEqual([`accepted ${ownPort}`, 'readable 100'])
  })

  it('answers to where the SYN came from, and asks for nobody until the peer has shown that it is there', () => {
    const scenario = new Scenario()
      .does((host) => host.listen(ownPort))
      .forget()
      .peerOpens()
    expect(scenario.seen()).toMatchObject([{ flags: 'SYN ACK', raw: { etherDestination: peerEther } }])
    expect(scenario.waits(3_000_000).seen()).toMatchObject([{ flags: 'SYN ACK' }, { flags: 'SYN ACK' }])
    expect(scenario.actions().filter(({ action }) => action === 'arp')).toEqual([])
    scenario.sends({ flags: 'ACK', at: 0, ack: 0 }).sends({ length: 1 })
    expect(scenario.actions().filter(({ action }) => action === 'arp')).toMatchObject([
      { action: 'arp', operation: 1, targetAddress: peerAddress },
    ])
  })

  it('sends the SYN-ACK again after a timeout, and when the SYN comes again', () => {
    const scenario = new Scenario().does((host) => host.learn())
    scenario
      .does((host) => host.listen(ownPort))
      .peerOpens()
      .forget()
      .waits(1_000_000)
    expect(scenario.heard()).toEqual(['SYN ACK -1'])
    scenario.sends({ flags: 'SYN', at: -1 })
    expect(scenario.heard()).toEqual(['SYN ACK -1'])
  })

  it('gives up silently when nobody completes it, and makes room in the backlog', () => {
    const scenario = new Scenario().does((host) => host.learn()).does((host) => host.listen(ownPort, 1))
    scenario.peerOpens().forget().waits(200_000_000)
    expect(scenario.news()).toEqual([])
    scenario.forget().peerOpens()
    expect(scenario.heard()).toEqual(['SYN ACK -1'])
  })

  it('keeps nothing of SYNs beyond the backlog, which it answers by a cookie', () => {
    const scenario = new Scenario().does((host) => host.learn()).does((host) => host.listen(ownPort, 1))
    scenario.peerOpens().forget()
    scenario.remotePort += 1
    scenario.peerOpens()
    expect(scenario.actions()).toMatchObject([{ action: 'segment', flags: 'SYN ACK' }])
    expect(scenario.host.counters).toMatchObject({ cookiesSent: 1, passiveOpens: 1, connectionsUsed: 1 })
  })

  describe('with as many connections as its backlog that the application has not accepted', () => {
    /**
     * Two connections wait to be accepted. The SYN of a third came before the last ACK of the second; it is the one
     * at hand.
     */
    function full(): Scenario {
      const scenario = new Scenario().does((host) => host.learn()).does((host) => host.listen(ownPort, 2))
      const peer = (number: number): Scenario => {
        scenario.remotePort = 40_000 + number
        scenario.ack = 0
        return scenario
      }
      peer(0).peerOpens()
      peer(1).peerOpens()
      peer(0).sends({ at: 0, ack: 0 })
      peer(2).peerOpens()
      peer(1).sends({ at: 0, ack: 0 })
      return peer(2).forget()
    }

    it('does not take the last ACK of a handshake, and sends the SYN-ACK again (as Linux does)', () => {
      const scenario = full().sends({ at: 0, ack: 0 })
      expect(scenario.actions()).toEqual([])
      expect(scenario.host.counters.listenOverflows).toBe(1)
      expect(scenario.waits(1_100_000).heard()).toEqual(['SYN ACK -1'])
    })

    it('completes the handshake once the application has accepted one', () => {
      const scenario = full()
      scenario.does((host) => host.accept(0x10000))
      scenario.sends({ at: 0, ack: 0 })
      expect(scenario.upcall('accepted')).toMatchObject({ connection: 0x10002 })
    })

    it('completes the handshake once the application has given one up', () => {
      const scenario = full()
      scenario.does((host) => host.release(0x10001))
      scenario.sends({ at: 0, ack: 0 })
      expect(scenario.upcall('accepted')).toMatchObject({ connection: 0x10002 })
    })

    it('takes no SYN either', () => {
      const scenario = full()
      scenario.remotePort = 40_003
      scenario.peerOpens()
      expect(scenario.actions()).toEqual([])
    })

    it('counts one that was reset until the application has it', () => {
      const scenario = full()
      scenario.remotePort = 40_000
      scenario.sends({ flags: 'RST', at: 0 })
      scenario.remotePort = 40_002
      scenario.forget().sends({ at: 0, ack: 0 })
      expect(scenario.actions()).toEqual([])
    })

    it('counts none of them for a listener that comes after it', () => {
      const scenario = full()
      scenario.does((host) => host.unlisten(ownPort)).does((host) => host.listen(ownPort, 1))
      scenario.does((host) => host.accept(0x10000)).does((host) => host.release(0x10001))
      scenario.remotePort = 40_003
      scenario.peerOpens()
      scenario.forget().sends({ at: 0, ack: 0 })
      expect(scenario.news()).toEqual([`accepted ${ownPort}`])
    })
  })

  it('resets a segment that acknowledges something else', () => {
    const scenario = new Scenario().does((host) => host.learn())
    scenario
      .does((host) => host.listen(ownPort))
      .peerOpens()
      .forget()
      .sends({ at: 0, ack: 5 })
    expect(scenario.heard()).toEqual(['RST 5'])
  })

  it('is refused by a reset from the peer without a word to the application', () => {
    const scenario = new Scenario().does((host) => host.learn())
    scenario
      .does((host) => host.listen(ownPort))
      .peerOpens()
      .forget()
      .sends({ flags: 'RST', at: 0 })
    expect(scenario.actions()).toEqual([])
    expect(scenario.host.counters.connectionsUsed).toBe(0)
    expect(scenario.sends({ at: 0, ack: 0 }).heard()).toEqual(['RST 0'])
  })

  it('drops half-open connections when the application stops listening', () => {
    const scenario = new Scenario().does((host) => host.learn())
    scenario
      .does((host) => host.listen(ownPort))
      .peerOpens()
      .forget()
    scenario.does((host) => host.unlisten(ownPort)).sends({ at: 0, ack: 0 })
    expect(scenario.heard()).toEqual(['RST 0'])
  })

  it('assumes segments of 536 bytes if the peer names no maximum', () => {
    const scenario = Scenario.accepted({ maximumSegment: undefined, timestamps: false }).queues(600)
    expect(scenario.heard()).toEqual(['ACK 0+536', 'PSH ACK 536+64'])
  })

  it('leaves room for timestamps in every segment', () => {
    expect(Scenario.accepted().queues(1448).heard()).toEqual(['PSH ACK 0+1448'])
    expect(Scenario.accepted().queues(1449).heard()).toEqual(['ACK 0+1448', 'PSH ACK 1448+1'])
  })
})

describe('an active open', () => {
  it('offers everything in its SYN', () => {
    const scenario = new Scenario().does((host) => host.learn()).machineConnects()
    expect(scenario.seen()).toMatchObject([
      {
        flags: 'SYN',
        at: -1,
        windowBytes: 65535,
        raw: {
          maximumSegment: 1460,
          windowScale: 3,
          sackPermitted: true,
          timestamps: [expect.any(Number), 0],
        },
      },
    ])
  })

  it('acknowledges the SYN-ACK and tells the application, with its cookie', () => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .forget()
    scenario.sends({ flags: 'SYN ACK', at: -1, ack: 0 })
    expect(scenario.heard()).toEqual(['ACK of 0'])
    expect(scenario.told()).toMatchObject([{ upcall: 'connected', connection: 1 << 16, first: 9 }])
  })

  it('sends its SYN again after 1, 2, 4 … seconds and fails in the end', () => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .forget()
    expect(scenario.waits(7_100_000).heard()).toEqual(['SYN -1', 'SYN -1', 'SYN -1'])
    scenario.waits(300_000_000)
    expect(scenario.told()).toMatchObject([
      { upcall: 'connectFailed', first: 9, second: UpcallError.timedOut },
    ])
  })

  it('is refused by a reset that acknowledges the SYN', () => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .forget()
    scenario.sends({ flags: 'RST ACK', at: -1, ack: 0 })
    expect(scenario.told()).toMatchObject([{ upcall: 'connectFailed', second: UpcallError.refused }])
  })

  it('ignores a reset that does not', () => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .forget()
    scenario.sends({ flags: 'RST', at: -1 })
    expect(scenario.actions()).toEqual([])
  })

  it('resets a SYN-ACK that acknowledges something else, and goes on', () => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .forget()
    scenario.sends({ flags: 'SYN ACK', at: -1, ack: 7 })
    expect(scenario.heard()).toEqual(['RST 7'])
    scenario.sends({ flags: 'SYN ACK', at: -1, ack: 0 })
    expect(scenario.heard()).toEqual(['ACK of 0'])
  })

  it('meets an open by the peer half way (simultaneous open)', () => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .forget()
    scenario.sends({ flags: 'SYN', at: -1 })
    expect(scenario.heard()).toEqual(['SYN ACK -1'])
    scenario.sends({ flags: 'ACK', at: 0, ack: 0 })
    expect(scenario.told()).toMatchObject([{ upcall: 'connected', first: 9 }])
  })

  it('is complete when the SYN-ACKs of a simultaneous open cross, without a word more (RFC 9293 figure 8)', () => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .sends({ flags: 'SYN', at: -1 })
      .forget()
    scenario.sends({ flags: 'SYN ACK', at: -1, ack: 0 })
    expect(scenario.heard()).toEqual([])
    expect(scenario.told()).toMatchObject([{ upcall: 'connected', first: 9 }])
  })

  it('takes the window of such a SYN-ACK, which is not scaled', () => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .sends({ flags: 'SYN', at: -1, windowBytes: 500 })
      .sends({ flags: 'SYN ACK', at: -1, ack: 0, windowBytes: 1000 })
    scenario.connection = scenario.upcall('connected').connection
    expect(scenario.forget().queues(5000).heard()).toEqual(['ACK 0+1000'])
  })

  it('fails if no hardware address answers', () => {
    const scenario = new Scenario().machineConnects().waits(5_000_000)
    expect(scenario.heard()).toEqual([])
    expect(scenario.told()).toMatchObject([{ upcall: 'connectFailed', second: UpcallError.unreachable }])
  })

  it('goes to the gateway if the peer is not on the link', () => {
    const host = new TestHost()
    expect(host.connect(80, 0, 9, 0x08080808)).toMatchObject([{ action: 'arp', targetAddress: 0x0a0000fe }])
  })

  it('fails if the tuple is taken or the table is full', () => {
    const host = new TestHost({ connectionCount: 1 })
    host.learn()
    host.connect(80, 33_000, 1)
    expect(host.connect(80, 33_000, 2)).toMatchObject([
      { upcall: 'connectFailed', first: 2, second: UpcallError.portInUse },
    ])
    expect(host.connect(80, 33_001, 3)).toMatchObject([
      { upcall: 'connectFailed', first: 3, second: UpcallError.tooManyConnections },
    ])
  })

  it('draws ports of the dynamic range, in no order (RFC 6056 section 3.3.1)', () => {
    const host = new TestHost({ connectionCount: 32 })
    host.learn()
    const ports = Array.from({ length: 20 }, () => sourcePorts(host.connect(80))[0] ?? 0)
    expect(new Set(ports).size).toBe(20)
    expect(ports.every((port) => port >= 32_768 && port <= 65_535)).toBe(true)
    expect(ports).not.toEqual(ports.toSorted((a, b) => a - b))
    expect(ports).not.toEqual(ports.toSorted((a, b) => b - a))
  })

  it('chooses ports for another peer, and under another secret, from another place', () => {
    const places = new Set<number>()
    for (const secret of [1, 2, 3, 4]) {
      for (const port of [80, 81, 82, 83]) {
        const host = new TestHost({ secret: [secret, 0] })
        host.learn()
        places.add(sourcePorts(host.connect(port))[0] ?? 0)
      }
    }
    expect(places.size).toBe(16)
  })

  it('starts with one segment and a longer timeout if the SYN was lost', () => {
    const scenario = new Scenario({ sackPermitted: false })
      .does((host) => host.learn())
      .machineConnects()
      .waits(1_000_000)
    scenario.sends({ flags: 'SYN ACK', at: -1, ack: 0 })
    scenario.connection = scenario.upcall('connected').connection
    expect(scenario.forget().queues(5000).heard()).toEqual(['ACK 0+1448'])
    expect(scenario.waits(2_999_999).heard()).toEqual([])
    expect(scenario.waits(1).heard()).toEqual(['ACK 0+1448'])
  })

  it('reuses an index only after it was freed, under a new generation', () => {
    const scenario = Scenario.connected().sends({ flags: 'RST', at: 0 })
    expect(scenario.connection).toBe(0x10000)
    expect(scenario.opensAnother(81, 34_000)).toBe(0x10001)
    scenario.frees().releases()
    expect(scenario.news()).toContain('drained 0')
    expect(scenario.opensAnother(82, 35_000)).toBe(0x10002)
    scenario.frees()
    expect(scenario.opensAnother(83, 36_000)).toBe(0x20000)
    // Late requests under the old id are ignored.
    scenario.forget().closes().releases().frees()
    expect(scenario.actions()).toEqual([])
    expect(scenario.opensAnother(84, 37_000)).toBe(0x10003)
  })
})
