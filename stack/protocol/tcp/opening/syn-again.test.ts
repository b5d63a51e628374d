import { describe, expect, it } from 'vitest'
import { OptionBit, TcpFlag } from '../../../wire/header.ts'
import { Client, everyOption, reachClients } from '../../testing/client.ts'
import { peerEther, TestHost } from '../../testing/host.ts'
import { ownPort, Scenario } from '../../testing/scenario.ts'

/**
 * A peer that has forgotten its connection sends a new SYN, resets our answer, and sends the SYN again. Returns the
 * flags of our answers.
 */
function reboots(scenario: Scenario, change: { options?: number } = {}): string[] {
  const syn = { ...scenario.head({ flags: 'SYN', at: 1_000_000 }), ...change }
  scenario.forget().does((host) => host.frame(syn))
  const [answer] = scenario.seen()
  if (answer === undefined) return ['silence']
  // RFC 9293 section 3.10.7.3: an unacceptable ACK in SYN-SENT is answered by <SEQ=SEG.ACK><CTL=RST>.
  const reset = {
    ...scenario.head({ flags: 'RST' }),
    sequence: answer.raw.acknowledgment,
    options: 0,
  }
  scenario.does((host) => host.frame(reset))
  scenario.forget().waits(1_000_000)
  scenario.does((host) => host.frame(syn))
  return [answer.flags, ...scenario.seen().map((segment) => segment.flags)]
}

function halfOpen(): Scenario {
  const scenario = new Scenario().does((host) => host.learn())
  return scenario.does((host) => host.listen(ownPort)).peerOpens()
}

describe('a peer that rebooted gets in with its second SYN', () => {
  it.each([
    ['with timestamps', {}],
    ['without any option', { options: 0 }],
    ['with a segment size only', { options: OptionBit.maximumSegment }],
  ])('in ESTABLISHED, %s', (_, change) => {
    expect(reboots(Scenario.accepted(), change)).toEqual(['ACK', 'SYN ACK'])
  })

  it('in SYN-RECEIVED', () => {
    expect(reboots(halfOpen())).toEqual(['ACK', 'SYN ACK'])
    expect(reboots(halfOpen(), { options: 0 })).toEqual(['ACK', 'SYN ACK'])
  })

  it('in FIN-WAIT-1, FIN-WAIT-2 and CLOSE-WAIT', () => {
    expect(reboots(Scenario.accepted().closes())).toEqual(['ACK', 'SYN ACK'])
    expect(reboots(Scenario.accepted().closes().acks(1))).toEqual(['ACK', 'SYN ACK'])
    expect(reboots(Scenario.accepted().sends({ flags: 'FIN ACK' }))).toEqual(['ACK', 'SYN ACK'])
  })

  it('or with its first in TIME-WAIT, by its sequence number if it has no timestamp (RFC 6191)', () => {
    const scenario = Scenario.accepted().closes().acks(1).sends({ flags: 'FIN ACK' })
    expect(reboots(scenario, { options: 0 })[0]).toBe('SYN ACK')
  })
})

describe('a SYN in SYN-RECEIVED', () => {
  it('that is the same again repeats the SYN-ACK, with or without its timestamps', () => {
    const scenario = halfOpen().forget().sends({ flags: 'SYN', at: -1 })
    expect(scenario.heard()).toEqual(['SYN ACK -1'])
    scenario.does((host) => host.frame({ ...scenario.head({ flags: 'SYN', at: -1 }), options: 0 }))
    expect(scenario.heard()).toEqual(['SYN ACK -1'])
  })

  it('moves the SYN-ACK to where it came from: the hardware address of the first may have been damaged', () => {
    const scenario = new Scenario().does((host) => host.listen(ownPort))
    const syn = scenario.head({ flags: 'SYN', at: -1 })
    const damaged = { ...syn, etherSourceLow: (syn.etherSourceLow ?? 0) ^ 0x8000 }
    scenario
      .does((host) => host.frame(damaged))
      .forget()
      .waits(1_000_000)
    scenario.does((host) => host.frame(syn))
    const destinations = scenario.seen().map(({ raw }) => raw.etherDestination)
    expect(destinations).toEqual([[peerEther[0], peerEther[1] ^ 0x8000], [...peerEther]])
    scenario.forget().waits(2_000_000)
    expect(scenario.seen()).toMatchObject([{ flags: 'SYN ACK', raw: { etherDestination: peerEther } }])
  })

  it('with another number does not end the handshake that it may only be forged to end', () => {
    const scenario = halfOpen().forget().sends({ flags: 'SYN', at: 1_000_000 })
    expect(scenario.heard()).toEqual(['ACK of 0'])
    expect(scenario.sends({ at: 0, ack: 0 }).news()).toEqual([`accepted ${ownPort}`])
  })
})

describe('SYN and FIN in one segment', () => {
  it('open nothing (Linux drops them)', () => {
    const host = new TestHost()
    reachClients(host)
    host.listen(80)
    const client = new Client(host, everyOption)
    expect(client.sends({ flags: TcpFlag.syn | TcpFlag.fin, sequence: 5 }).heard).toEqual([])
    expect(host.counters.passiveOpens).toBe(0)
  })

  it('do not end TIME-WAIT', () => {
    const scenario = Scenario.accepted().closes().acks(1).sends({ flags: 'FIN ACK' }).forget()
    scenario.sends({ flags: 'SYN FIN', at: 5000 })
    expect(scenario.heard()).toEqual(['ACK of 1'])
  })
})
