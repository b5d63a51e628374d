import { describe, expect, it } from 'vitest'
import { TcpFlag } from '../../../wire/header.ts'
import { UpcallError } from '../../actions.ts'
import { Client, everyOption, reachClients } from '../../testing/client.ts'
import { TestHost } from '../../testing/host.ts'
import { Scenario } from '../../testing/scenario.ts'

const pageBytes = 1000
const hourMicros = 3_600_000_000

function server(connectionCount: number): TestHost {
  const host = new TestHost({ connectionCount, timeWaitCount: 256 })
  // Off: checking the invariants of a large table after every request would take minutes.
  if (connectionCount > 64) host.invariants = undefined
  reachClients(host)
  host.learn()
  host.listen(80, 16)
  return host
}

/** The application answers with a page and is done with the connection. */
function servePage(client: Client): void {
  const { host, connection } = client
  client.takes(host.send(connection, pageBytes))
  client.takes(host.release(connection, pageBytes))
}

/**
 * `count` clients, one after the other, connect, ask for the page and do what `leave` does. Returns how many got in.
 */
function visit(host: TestHost, count: number, leave: (client: Client) => void): number {
  let gotIn = 0
  for (let number = 0; number < count; number += 1) {
    const client = new Client(host, { ...everyOption, port: 10_000 + number })
    if (!client.opens()) continue
    gotIn += 1
    client.sends({ payloadLength: 50 })
    host.read(client.connection, 50)
    servePage(client)
    leave(client)
    host.now += 1000
  }
  return gotIn
}

describe.each([64, 1024])('a table of %i', (connectionCount) => {
  it('has room for the 201st after 200 peers that took the page and vanished without a FIN', () => {
    const host = server(connectionCount)
    expect(visit(host, 200, (client) => client.acknowledges())).toBe(200)
    expect(new Client(host, everyOption).opens()).toBe(true)
    expect(host.counters.connectionsUsed).toBe(1)
  })

  it('has room for the 201st after 200 peers that vanished without a word', () => {
    const host = server(connectionCount)
    expect(visit(host, 200, () => {})).toBe(200)
    expect(new Client(host, everyOption).opens()).toBe(true)
  })

  it('has room for our own connect after 200 peers that shut their window', () => {
    const host = server(connectionCount)
    visit(host, 200, (client) => {
      client.windowField = 0
      client.acknowledges()
    })
    expect(host.connect(25)).toMatchObject([{ action: 'segment', flags: 'SYN' }])
  })
})

describe('an orphan', () => {
  it('counts as one of at most half of the table; beyond that the oldest is reset', () => {
    const host = server(64)
    const clients: Client[] = []
    visit(host, 33, (client) => clients.push(client))
    expect(host.counters.orphansReclaimed).toBe(1)
    // A client that sends an ACK learns whether the connection still exists: if not, it gets a reset.
    const resets = clients.map((client) => client.acknowledges().resets)
    expect(resets).toEqual([1, ...Array.from({ length: 32 }, () => 0)])
  })

  it('gives way to who completes a handshake, the oldest first, and nobody else does', () => {
    const host = server(64)
    const orphans: Client[] = []
    visit(host, 30, (client) => orphans.push(client))
    const held = Array.from({ length: 30 }, (_, port) => new Client(host, { ...everyOption, port }))
    expect(held.every((client) => client.opens())).toBe(true)
    expect(host.counters).toMatchObject({ connectionsUsed: 60, orphansReclaimed: 0 })
    const newcomers = Array.from({ length: 30 }, (_, port) => new Client(host, { port: port + 200 }))
    for (const [count, client] of newcomers.entries()) {
      expect(client.opens()).toBe(true)
      expect(orphans[count]?.acknowledges().resets).toBe(1)
    }
    expect(host.counters.orphansReclaimed).toBe(30)
    expect(held.every((client) => client.isServed())).toBe(true)
  })

  it('keeps its place whatever peers take their page and vanish after it: in FIN-WAIT-2 nothing is left to be sent', () => {
    const host = server(64)
    const slow = new Client(host, { ...everyOption, port: 9 })
    slow.opens()
    servePage(slow)
    visit(host, 200, (client) => client.acknowledges())
    expect(host.counters.orphansReclaimed).toBe(0)
    slow.acknowledges().sends({ flags: TcpFlag.fin | TcpFlag.ack })
    expect(slow.heard.at(-1)).toMatchObject({ flags: 'ACK', acknowledgment: slow.sndNxt })
  })

  it('does not give way to a mere SYN, which proves nothing: 200 forged ones find the table full', () => {
    const host = server(64)
    const orphans: Client[] = []
    visit(host, 30, (client) => orphans.push(client))
    const held = Array.from({ length: 31 }, (_, port) => new Client(host, { ...everyOption, port }))
    expect(held.every((client) => client.opens())).toBe(true)
    const before = host.counters.orphansReclaimed
    for (let count = 0; count < 200; count += 1) new Client(host, { address: 0x0c000000 + count }).asks()
    expect(host.counters.orphansReclaimed - before).toBe(0)
    expect(new Client(host, { port: 100 }).opens()).toBe(true)
  })

  it('with a shut window ends within minutes, though the peer answers every probe', () => {
    const shut = Scenario.accepted({ windowBytes: 1408 }).queues(10_000).releases(10_000).forget()
    shut.acks(1408, { windowBytes: 0 })
    let probes = 0
    const start = shut.host.now
    while (
      !shut.news().some((each) => each.startsWith('closed')) &&
      shut.host.now - start < 48 * hourMicros
    ) {
      shut.waits(1_000_000)
      for (const segment of shut.seen()) {
        if (segment.flags !== 'ACK') continue
        probes += 1
        shut.acks(1408)
      }
    }
    const minutes = (shut.host.now - start) / 60_000_000
    expect({ probes, minutes: Math.round(minutes) }).toEqual({ probes: 8, minutes: 2 })
  })

  it('that hears nothing any more ends after eight retransmissions', () => {
    const scenario = Scenario.accepted().queues(1000).releases(1000).forget()
    const before = scenario.host.counters.timeouts
    scenario.waits(hourMicros)
    expect(scenario.news()).toEqual([`closed ${UpcallError.timedOut}`, 'drained 0'])
    expect(scenario.host.counters.timeouts - before).toBe(8)
  })

  it('that makes progress is left alone', () => {
    const scenario = Scenario.accepted({ windowBytes: 1024 }).queues(200_000).releases(200_000).forget()
    for (let position = 1024; position < 100_000; position += 1024) {
      scenario.waits(10_000_000).forget().acks(position)
      expect(scenario.heard()).toEqual([`ACK ${position}+1024`])
    }
  })
})

describe('FIN-WAIT-2 of a connection that nobody reads', () => {
  const finWait2 = () => Scenario.accepted().releases().forget().acks(1).forget()

  it('needs no TCB', () => {
    const scenario = Scenario.accepted().releases().acks(1)
    expect(scenario.news()).toContain('drained 0')
    expect(scenario.frees().host.counters.connectionsUsed).toBe(0)
  })

  it('acknowledges the FIN of the peer and is in TIME-WAIT then', () => {
    const scenario = finWait2().sends({ flags: 'FIN ACK' })
    expect(scenario.heard()).toEqual(['ACK of 1'])
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['ACK of 1'])
    scenario.waits(60_000_000)
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['RST 1'])
  })

  it('takes the FIN that comes with the ACK of ours', () => {
    const scenario = Scenario.accepted().releases().forget().sends({ flags: 'FIN ACK', ack: 1 })
    expect(scenario.heard()).toEqual(['ACK of 1'])
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['ACK of 1'])
  })

  it('is over after a minute', () => {
    const scenario = finWait2().waits(60_000_000)
    expect(scenario.sends({ flags: 'FIN ACK' }).heard()).toEqual(['RST 1'])
  })

  it('resets a peer that sends more (RFC 1122 section 4.2.2.13)', () => {
    const scenario = finWait2().sends({ length: 100 })
    expect(scenario.heard()).toEqual(['RST ACK 1'])
    expect(scenario.sends({ flags: 'FIN ACK' }).heard()).toEqual(['RST 1'])
  })

  it('answers a probe of a live connection, and nothing else that is empty', () => {
    const scenario = finWait2().sends({})
    expect(scenario.heard()).toEqual([])
    expect(scenario.sends({ at: -1 }).heard()).toEqual(['ACK of 0'])
  })

  it('refuses an old segment', () => {
    const scenario = finWait2().sends({ flags: 'FIN ACK', timestamp: 5 })
    expect(scenario.heard()).toEqual(['ACK of 0'])
    expect(scenario.sends({ flags: 'FIN ACK', at: 0 }).heard()).toEqual(['ACK of 1'])
  })

  it('challenges a SYN, and ends by the reset that an honest peer answers with', () => {
    const scenario = finWait2().sends({ flags: 'SYN', at: 5000 })
    expect(scenario.heard()).toEqual(['ACK of 0'])
    scenario.sends({ flags: 'RST', at: 0 }).sends({ flags: 'SYN', at: 5000 })
    expect(scenario.seen()).toMatchObject([{ flags: 'SYN ACK', ack: 5001 }])
  })

  it('is not ended by a reset elsewhere', () => {
    const scenario = finWait2().sends({ flags: 'RST', at: 5 }).sends({ flags: 'FIN ACK', at: 0 })
    expect(scenario.heard()).toEqual(['ACK of 1'])
  })

  it('leaves no entry behind', () => {
    const host = server(8)
    for (let round = 0; round < 50; round += 1) {
      reachClients(host)
      const client = new Client(host, everyOption)
      expect(client.opens()).toBe(true)
      client.takes(host.release(client.connection))
      client.acknowledges()
      client.sends({ flags: TcpFlag.fin | TcpFlag.ack })
      client.heard = []
      host.wait(61_000_000)
    }
    expect(host.counters.connectionsUsed).toBe(0)
  })
})
