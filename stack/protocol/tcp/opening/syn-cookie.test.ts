import { describe, expect, it } from 'vitest'
import { Client, type ClientOptions, everyOption, reachClients } from '../../testing/client.ts'
import { TestHost } from '../../testing/host.ts'

const fullBacklog = 4

/** A host whose backlog is full of clients that never complete a handshake: any further client gets a cookie. */
function floodedHost(config: ConstructorParameters<typeof TestHost>[0] = {}): TestHost {
  const host = new TestHost({ connectionCount: 64, ...config })
  reachClients(host)
  host.listen(80, fullBacklog)
  for (let count = 0; count < fullBacklog; count += 1) {
    new Client(host, { ...everyOption, address: 0x0c000000 + count }).asks()
  }
  return host
}

/** The lengths of the segments that leave when the application has written up to this position. */
function sent(client: Client, position: number): number[] {
  const before = client.heard.length
  client.takes(client.host.send(client.connection, position))
  return client.heard.slice(before).map(({ payloadLength }) => payloadLength)
}

function total(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0)
}

describe('a full backlog', () => {
  it.each([
    ['every option', everyOption],
    ['no option', {}],
  ])('2,000 SYNs from spoofed sources keep no honest client out that sends %s', (_, options) => {
    const host = new TestHost({ connectionCount: 64 })
    reachClients(host)
    host.listen(80, 16)
    const gotIn: boolean[] = []
    for (let count = 0; count < 2000; count += 1) {
      new Client(host, { maximumSegment: 1460, address: 0x0c000000 + count, port: 1024 + count }).asks()
      if (count % 200 === 199) gotIn.push(new Client(host, { ...options, port: 2000 + count }).opens())
    }
    gotIn.push(new Client(host, { ...options, port: 9 }).opens())
    expect(gotIn).toEqual(gotIn.map(() => true))
  })

  it('is answered at once, to where the SYN came from, and keeps nothing', () => {
    const host = floodedHost()
    const used = host.counters.connectionsUsed
    const client = new Client(host, everyOption).asks()
    expect(client.synAck).toMatchObject({
      flags: 'SYN ACK',
      acknowledgment: client.irs + 1,
      maximumSegment: 1460,
      sackPermitted: true,
      windowScale: 3,
    })
    expect(host.counters).toMatchObject({ cookiesSent: 1, connectionsUsed: used })
  })

  it('takes data, and even the end of the stream, that comes with the ACK', () => {
    const client = new Client(floodedHost(), everyOption).asks()
    client.completes(100)
    expect(client.connection).not.toBe(-1)
    expect(client.heard.at(-1)).toMatchObject({ flags: 'ACK', acknowledgment: client.irs + 101 })
  })

  it('opens by the first segment with data if the bare ACK was lost', () => {
    const client = new Client(floodedHost()).asks()
    expect(client.completes(10).connection).not.toBe(-1)
    expect(client.host.counters.cookiesAccepted).toBe(1)
  })

  it('does not take a round trip from a handshake that it has not timed', () => {
    const client = new Client(floodedHost(), { ...everyOption, sackPermitted: false })
    client.opens()
    expect(sent(client, 100_000)).toEqual(Array.from({ length: 10 }, () => 1448))
    const before = client.heard.length
    client.takes(client.host.wait(999_999))
    expect(client.heard).toHaveLength(before)
    client.takes(client.host.wait(1))
    expect(client.heard.slice(before)).toMatchObject([{ payloadLength: 1448 }])
  })
})

describe('a cookie carries', () => {
  it.each(Array.from({ length: 15 }, (_, scale) => scale))('a window scale of %i', (windowScale) => {
    const client = new Client(floodedHost(), { ...everyOption, windowScale })
    client.windowField = 1
    expect(client.opens()).toBe(true)
    // Exactly the window leaves, or the initial congestion window if that is smaller.
    const windowBytes = Math.min(1 << windowScale, 10 * 1448)
    expect(total(sent(client, windowBytes))).toBe(windowBytes)
    expect(client.heard.at(-1)?.window).toBe((1 << 18) >> 3)
    expect(sent(client, windowBytes + 1)).toEqual([])
  })

  it.each([
    [
      { ...everyOption, sackPermitted: false },
      { timestamps: true, sack: false, windowScale: true },
    ],
    [
      { timestamps: true, sackPermitted: true },
      { timestamps: true, sack: true, windowScale: false },
    ],
    [{ timestamps: true }, { timestamps: true, sack: false, windowScale: false }],
    // Without timestamps a cookie has no place for the other options.
    [
      { sackPermitted: true, windowScale: 7 },
      { timestamps: false, sack: false, windowScale: false },
    ],
  ])('what both know: %o', (options: ClientOptions, expected) => {
    const client = new Client(floodedHost(), options)
    client.opens()
    // Data beyond a gap: the answer shows the options that were agreed on.
    client.sends({ sequence: client.sndNxt + 100, payloadLength: 10 })
    const answer = client.heard.at(-1)
    expect({
      timestamps: answer?.timestamps !== undefined,
      sack: answer?.sack.length === 1,
      windowScale: answer?.window === (1 << 18) >> 3,
    }).toEqual(expected)
    const { synAck } = client
    expect({
      timestamps: synAck?.timestamps !== undefined,
      sack: synAck?.sackPermitted,
      windowScale: synAck?.windowScale !== undefined,
    }).toEqual(expected)
  })

  it('a segment size that is never above what the peer offered, and 536 if it offered none', () => {
    const host = floodedHost({ connectionCount: 1024, mtuBytes: 9000 })
    for (let offered = 64; offered <= 9000; offered += 101) {
      const client = new Client(host, { maximumSegment: offered, port: 1000 + offered })
      expect(client.opens()).toBe(true)
      const [maximumSegment = 0] = sent(client, 20_000)
      client.takes(host.abort(client.connection)).takes(host.release(client.connection))
      expect(maximumSegment).toBeLessThanOrEqual(offered)
      // For a common offer, the cookie's segment size is not much smaller than the offer.
      if (offered >= 1220 && offered <= 1460) expect(maximumSegment).toBeGreaterThan(offered * 0.88)
    }
    const silent = new Client(host, { port: 999 })
    silent.opens()
    expect(sent(silent, 20_000)[0]).toBe(536)
  })

  it('a timestamp that is not ahead of our clock', () => {
    const host = floodedHost()
    for (let step = 0; step < 100; step += 1) {
      host.now += 1000
      const client = new Client(host, { ...everyOption, port: 1000 + step }).asks()
      const behind = host.counters.millis - (client.synAck?.timestamps?.[0] ?? 0)
      expect(behind).toBeGreaterThanOrEqual(0)
      expect(behind).toBeLessThan(32)
    }
  })

  it.each([0x7fffffff, -1, 0, -2])('any initial sequence number of the peer, such as %i', (irs) => {
    const client = new Client(floodedHost(), { ...everyOption, irs })
    expect(client.opens()).toBe(true)
    client.sends({ payloadLength: 100 })
    expect(client.heard.at(-1)?.acknowledgment).toBe((irs + 101) | 0)
  })

  it('itself, whatever it is: it may lie at the wrap of the sequence space', () => {
    const signs = new Set<boolean>()
    for (let secret = 0; secret < 64; secret += 1) {
      const client = new Client(floodedHost({ secret: [secret, 99] }), everyOption)
      expect(client.opens()).toBe(true)
      signs.add((client.synAck?.sequence ?? 0) < 0)
    }
    expect(signs.size).toBe(2)
  })
})

describe('an acknowledgment that was never earned is reset', () => {
  it('if it belongs to another tuple', () => {
    const host = floodedHost()
    const client = new Client(host, everyOption).asks()
    const thief = new Client(host, { ...everyOption, port: client.port + 1 })
    thief.sends({ acknowledgment: client.rcvNxt, timestampEcho: client.synAck?.timestamps?.[0] ?? 0 })
    expect([thief.connection, thief.resets]).toEqual([-1, 1])
    expect(host.counters).toMatchObject({ cookiesAccepted: 0, cookiesRejected: 1 })
  })

  it('if it belongs to another SYN of the same tuple', () => {
    const host = floodedHost()
    const client = new Client(host).asks()
    const other = new Client(host, { irs: client.irs + 1 })
    expect(other.sends({ acknowledgment: client.rcvNxt }).resets).toBe(1)
  })

  it.each([
    [60_000_000, true],
    [132_000_000, false],
  ])('if it is old: after %i µs it is taken: %s', (micros, isTaken) => {
    const client = new Client(floodedHost()).asks()
    client.host.wait(micros)
    // Other clients get cookies meanwhile, so that ACKs are still compared with cookies.
    for (let count = 0; count < fullBacklog + 1; count += 1) {
      new Client(client.host, { address: 0x0d000000 + count }).asks()
    }
    expect(client.completes().connection !== -1).toBe(isTaken)
    expect(client.resets).toBe(isTaken ? 0 : 1)
  })

  it('if it is guessed', () => {
    const host = floodedHost()
    new Client(host).asks()
    const client = new Client(host, { port: 7 })
    for (let guess = 0; guess < 5000; guess += 1) client.sends({ acknowledgment: Math.imul(guess, 858_993) })
    expect([client.connection, client.resets]).toEqual([-1, 5000])
  })

  it('if the options that it echoes are not those of the cookie', () => {
    const client = new Client(floodedHost(), everyOption).asks()
    client.sends({ timestampEcho: (client.synAck?.timestamps?.[0] ?? 0) ^ 1 })
    expect([client.connection, client.resets]).toEqual([-1, 1])
  })

  it('without a look while no cookie is out', () => {
    const host = new TestHost()
    host.listen(80)
    const client = new Client(host)
    expect(client.sends({ acknowledgment: 5 }).resets).toBe(1)
    expect(host.counters.cookiesRejected).toBe(0)
  })

  it('if nobody listens any more', () => {
    const client = new Client(floodedHost()).asks()
    client.host.unlisten(80)
    expect(client.completes().resets).toBe(1)
  })
})

describe('a full table', () => {
  it('is not full of half-open connections, however large the backlog is: they have half of it at most', () => {
    const host = new TestHost({ connectionCount: 64 })
    reachClients(host)
    host.listen(80, 1000)
    for (let count = 0; count < 200; count += 1) new Client(host, { address: 0x0c000000 + count }).asks()
    const honest = Array.from({ length: 20 }, (_, port) => new Client(host, { port: port + 1 }))
    expect(honest.filter((client) => client.opens())).toHaveLength(20)
  })

  it('keeps its last entries for those who complete a handshake', () => {
    const host = new TestHost({ connectionCount: 64 })
    reachClients(host)
    host.listen(80, 1000)
    const held = Array.from({ length: 28 }, (_, port) => new Client(host, { port: port + 1 }))
    expect(held.every((client) => client.opens())).toBe(true)
    for (let count = 0; count < 200; count += 1) new Client(host, { address: 0x0c000000 + count }).asks()
    expect(host.counters).toMatchObject({ connectionsUsed: 60, cookiesSent: 168 })
    expect(new Client(host).opens()).toBe(true)
  })

  it('ignores a SYN: with a cookie its sender would wait for what nobody will say', () => {
    const host = new TestHost({ connectionCount: 16 })
    reachClients(host)
    host.listen(80, 16)
    const inside = Array.from({ length: 16 }, (_, port) => new Client(host, { port: 1000 + port }))
    for (const client of inside) expect(client.opens()).toBe(true)
    const late = new Client(host).asks()
    expect(late.heard).toEqual([])
    const first = inside[0] as Client
    first.takes(host.abort(first.connection)).takes(host.release(first.connection))
    expect(late.opens()).toBe(true)
  })

  it('drops the ACK of a cookie for which there is no room, and takes it when it comes again', () => {
    const host = new TestHost({ connectionCount: 16 })
    reachClients(host)
    host.listen(80, 1)
    new Client(host, { address: 0x0c000000 }).asks()
    const late = new Client(host).asks()
    const inside = Array.from({ length: 15 }, (_, port) => new Client(host, { port: 1000 + port }))
    for (const client of inside) expect(client.opens()).toBe(true)
    late.completes()
    expect([late.connection, late.resets]).toEqual([-1, 0])
    const first = inside[0] as Client
    first.takes(host.abort(first.connection)).takes(host.release(first.connection))
    expect(late.completes(10).connection).not.toBe(-1)
  })
})
