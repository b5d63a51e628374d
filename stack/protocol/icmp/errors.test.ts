import { describe, expect, it } from 'vitest'
import { Format } from '../../wire/header.ts'
import { UpcallError } from '../actions.ts'
import { type Head, localAddress, peerAddress } from '../testing/host.ts'
import { Scenario } from '../testing/scenario.ts'

/** An ICMP error that quotes the segment at this position of the scenario's connection. */
function error(scenario: Scenario, type: number, code: number, at: number, nextHopMtu = 0): Head {
  return {
    format: Format.icmpError,
    ipSource: 0x0a0000fe,
    ipDestination: localAddress,
    icmpType: type,
    icmpCode: code,
    quotedProtocol: 6,
    quotedSource: localAddress,
    quotedDestination: peerAddress,
    quotedSourcePort: scenario.localPort,
    quotedDestinationPort: scenario.remotePort,
    quotedSequence: (scenario.iss + 1 + at) | 0,
    nextHopMtu,
  }
}

describe('an ICMP error', () => {
  it.each([
    ['port unreachable', 3, UpcallError.refused],
    ['host unreachable', 1, UpcallError.unreachable],
    ['network unreachable', 0, UpcallError.unreachable],
    ['prohibited', 13, UpcallError.unreachable],
  ])('ends an attempt to connect: %s', (_, code, reason) => {
    const scenario = new Scenario()
      .does((host) => host.learn())
      .machineConnects()
      .forget()
    scenario.does((host) => host.frame(error(scenario, 3, code, -1)))
    expect(scenario.told()).toMatchObject([{ upcall: 'connectFailed', first: 9, second: reason }])
  })

  it('does not end an established connection (RFC 5927), but says why it timed out in the end', () => {
    const scenario = Scenario.accepted().queues(10)
    scenario.does((host) => host.frame(error(scenario, 3, 1, 0)))
    expect(scenario.sends({ length: 5 }).news()).toEqual(['readable 5'])
    for (let minute = 0; minute < 20; minute += 1) scenario.waits(60_000_000)
    expect(scenario.told()).toMatchObject([{ upcall: 'closed', first: UpcallError.unreachable }])
  })

  it('is ignored if it names a sequence number that is not in flight', () => {
    const scenario = Scenario.accepted().queues(5000).forget()
    scenario.does((host) => host.frame(error(scenario, 3, 4, 5000, 1000)))
    scenario.does((host) => host.frame(error(scenario, 3, 4, -1, 1000)))
    expect(scenario.queues(7000).heard()).toEqual(['ACK 5000+1448', 'PSH ACK 6448+552'])
    expect(scenario.host.counters.icmpErrorsIn).toBe(0)
  })

  it('is ignored if it names no connection', () => {
    const scenario = Scenario.accepted().queues(10).forget()
    scenario.does((host) => host.frame({ ...error(scenario, 3, 1, 0), quotedSourcePort: 9 }))
    scenario.does((host) => host.frame({ ...error(scenario, 3, 1, 0), quotedProtocol: 17 }))
    for (let minute = 0; minute < 20; minute += 1) scenario.waits(60_000_000)
    expect(scenario.told()).toMatchObject([{ upcall: 'closed', first: UpcallError.timedOut }])
  })
})

/** Waits for one retransmission timeout: what is in flight was lost, and the congestion window is one segment. */
function timedOut(scenario: Scenario): Scenario {
  scenario.waits(300_000)
  if (scenario.host.counters.timeouts !== 1) throw new Error('not one timeout')
  return scenario.forget()
}

describe('"fragmentation needed"', () => {
  it('cuts what is in flight into smaller segments', () => {
    const scenario = Scenario.accepted().queues(2896).forget()
    scenario.does((host) => host.frame(error(scenario, 3, 4, 0, 1052)))
    expect(scenario.heard()).toEqual(['ACK 0+1000', 'ACK 1000+1000', 'PSH ACK 2000+896'])
  })

  it('still takes an ACK of what was in flight before', () => {
    const scenario = timedOut(Scenario.accepted().queues(2896).closes())
    scenario.does((host) => host.frame(error(scenario, 3, 4, 0, 1052)))
    expect(scenario.heard()).toEqual(['ACK 0+1000'])
    expect(scenario.acks(2897).news()).toEqual(['acknowledged 2896'])
    expect(scenario.waits(60_000_000).heard()).toEqual([])
    expect(scenario.sends({ flags: 'FIN ACK' }).news()).toEqual(['finished 0', 'closed 0'])
  })

  it('takes SACK blocks for what was in flight before as soon as it is sent again', () => {
    const scenario = timedOut(Scenario.accepted().queues(2896))
    scenario.does((host) => host.frame(error(scenario, 3, 4, 0, 1052))).forget()
    const report = { flags: 'ACK', sack: [[1448, 2896]] as [number, number][] }
    scenario.sends({ ...report, ack: 0 }).sends({ ...report, ack: 1000 })
    expect(scenario.heard()).toEqual(['ACK 1000+1000', 'PSH ACK 2000+896'])
    scenario.sends({ ...report, ack: 1000 })
    expect(scenario.tcb().sackedBytes).toBe(896)
  })

  it('numbers ACKs by what was sent before, lest they look old', () => {
    const scenario = timedOut(Scenario.accepted().queues(2896))
    scenario
      .does((host) => host.frame(error(scenario, 3, 4, 0, 1052)))
      .forget()
      .sends({ at: 100, length: 10 })
    expect(scenario.seen()).toMatchObject([{ flags: 'ACK', at: 2896, sack: [[100, 110]] }])
  })

  it('never raises the segment size, and never lowers it to nothing', () => {
    const scenario = Scenario.accepted().queues(100).forget()
    scenario.does((host) => host.frame(error(scenario, 3, 4, 0, 9000)))
    expect(scenario.queues(100 + 1448).heard()).toEqual(['PSH ACK 100+1448'])
    scenario.does((host) => host.frame(error(scenario, 3, 4, 0, 20)))
    expect(scenario.heard()[0]).toBe('ACK 0+216')
  })

  it('tries the next plateau if the router names no size (RFC 1191)', () => {
    const scenario = Scenario.accepted().queues(100)
    scenario.does((host) => host.frame(error(scenario, 3, 4, 0))).forget()
    expect(scenario.queues(2000).heard()).toEqual([`ACK 100+${1492 - 52}`, 'PSH ACK 1540+460'])
  })
})
