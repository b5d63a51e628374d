import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UpcallError } from '../actions.ts'
import { Request } from '../requests.ts'
import { datagramBufferBytes, datagramRoom, waitingDatagramCount } from '../state/datagrams.ts'
import { DatagramHost } from '../testing/datagram-host.ts'
import { peerAddress, peerEther } from '../testing/host.ts'
import type { ReadableAction } from '../testing/readable.ts'

const silent = 0x0a0000c8
const peer = { port: 9 }
const told = (actions: readonly ReadableAction[]) =>
  actions.map((action) => ('upcall' in action ? action.upcall : action.action))

describe('binding', () => {
  it('gives the port that was asked for, under the cookie', () => {
    const host = new DatagramHost()
    expect(host.bind(53, undefined, 77)).toMatchObject({
      upcall: 'datagramBound',
      cookie: 77,
      error: UpcallError.none,
      localPort: 53,
      socket: 1 << 16,
    })
  })

  it('draws a dynamic port if none is asked for, another one each time', () => {
    const host = new DatagramHost()
    const ports = [0, 1, 2].map(() => host.bind(0).localPort)
    expect(new Set(ports).size).toBe(3)
    expect(ports.every((port) => port >= 32_768 && port <= 65_535)).toBe(true)
  })

  it('refuses a port that another socket has, unless they hear different peers', () => {
    const host = new DatagramHost()
    host.open(53)
    expect(host.bind(53).error).toBe(UpcallError.portInUse)
    expect(host.bind(53, { port: 1 }).error).toBe(UpcallError.none)
    expect(host.bind(53, { port: 1 }).error).toBe(UpcallError.portInUse)
    expect(host.bind(53, { port: 2 }).error).toBe(UpcallError.none)
  })

  it('refuses a port that there is not, a peer that cannot be, and a socket too many', () => {
    const host = new DatagramHost({ datagramSocketCount: 1 })
    expect(host.bind(70_000).error).toBe(UpcallError.portInUse)
    expect(host.bind(1, { address: 0xe0000001 | 0, port: 1 }).error).toBe(UpcallError.unreachable)
    expect(host.bind(1, { port: 70_000 }).error).toBe(UpcallError.unreachable)
    host.open(1)
    expect(host.bind(2)).toMatchObject({ error: UpcallError.tooManyConnections, socket: 0 })
  })
})

describe('a datagram that arrives', () => {
  it('is delivered whole, with its sender, behind the one before', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    expect(host.hear(53, 100, peer)).toMatchObject([
      {
        upcall: 'datagram',
        socket,
        position: 0,
        length: 100,
        remoteAddress: peerAddress,
        remotePort: 9,
        payloadOffset: 42,
      },
    ])
    expect(host.hear(53, 0, { port: 10 })).toMatchObject([
      { position: datagramRoom(100), length: 0, remotePort: 10 },
    ])
  })

  it('goes to the socket that hears its sender alone before one that hears everybody', () => {
    const host = new DatagramHost()
    const all = host.open(53)
    const one = host.open(53, { port: 9 })
    expect(host.hear(53, 1, { port: 9 })).toMatchObject([{ socket: one }])
    expect(host.hear(53, 1, { port: 8 })).toMatchObject([{ socket: all }])
    expect(host.hear(53, 1, { address: peerAddress + 1, port: 9 })).toMatchObject([{ socket: all }])
  })

  it('is answered with "port unreachable" if nobody hears it (RFC 1122 section 4.1.3.1)', () => {
    const host = new DatagramHost()
    host.open(53, { port: 9 })
    expect(host.hear(54, 1, peer)).toMatchObject([{ action: 'icmp error', type: 3, code: 3 }])
    expect(host.hear(53, 1, { port: 8 })).toMatchObject([{ action: 'icmp error' }])
    expect(host.host.counters.datagramsToNobody).toBe(2)
  })

  it('is dropped and counted if the buffer is full, until the application has read', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    const room = datagramBufferBytes(host.host.config)
    const fitting = Math.floor(room / datagramRoom(1000))
    for (let k = 0; k < fitting; k += 1) expect(host.hear(53, 1000, peer)).toHaveLength(1)
    expect(host.hear(53, 1000, peer)).toEqual([])
    expect(host.host.counters.datagramsDropped).toBe(1)
    host.read(socket, datagramRoom(1000))
    expect(host.hear(53, 1000, peer)).toHaveLength(1)
  })

  it('takes room even if it is empty: a flood of them is bounded, too', () => {
    const host = new DatagramHost()
    host.open(53)
    let count = 0
    while (host.hear(53, 0, peer).length > 0) count += 1
    expect(count).toBe(datagramBufferBytes(host.host.config) / 64)
  })
})

describe('a datagram to be sent', () => {
  it('leaves at once if the next hop is known', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    expect(host.send(socket, 200, peer)).toMatchObject([
      {
        action: 'datagram',
        ipDestination: peerAddress,
        etherDestination: peerEther,
        sourcePort: 53,
        destinationPort: 9,
        position: 0,
        payloadLength: 200,
      },
    ])
    expect(host.send(socket, 1, peer)).toMatchObject([{ position: datagramRoom(200) }])
  })

  it('of a connected socket goes to its peer, whatever the request says', () => {
    const host = new DatagramHost()
    const socket = host.open(53, { port: 7 })
    expect(host.send(socket, 1, { address: silent, port: 99 })).toMatchObject([
      { ipDestination: peerAddress, destinationPort: 7 },
    ])
  })

  it('waits for its neighbor, and holds up nobody else (RFC 1122 section 2.3.2.2)', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    expect(told(host.send(socket, 1, { address: silent, port: 9 }))).toEqual(['arp'])
    expect(told(host.send(socket, 2, { address: silent, port: 9 }))).toEqual([])
    expect(told(host.send(socket, 3, peer))).toEqual(['datagram'])
    expect(host.host.learn(silent)).toMatchObject([
      { action: 'datagram', payloadLength: 1 },
      { action: 'datagram', payloadLength: 2 },
    ])
  })

  it('is dropped and counted if the neighbor does not answer', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    host.send(socket, 1, { address: silent, port: 9 })
    expect(told(host.host.wait(10_000_000)).filter((action) => action !== 'arp')).toEqual([])
    expect(host.host.counters.datagramsUnsent).toBe(1)
    expect(host.host.learn(silent)).toEqual([])
  })

  it('is dropped and counted if too many wait, of whatever sockets', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    const limit = waitingDatagramCount(host.host.config)
    for (let k = 0; k < limit + 3; k += 1) host.send(socket, 1, { address: silent, port: 9 })
    expect(host.host.counters.datagramsUnsent).toBe(3)
    expect(host.host.learn(silent).filter(({ action }) => action === 'datagram')).toHaveLength(limit)
  })

  it('to where no host can be is dropped and counted', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    expect(host.send(socket, 1, { address: 0xe0000001 | 0, port: 9 })).toEqual([])
    expect(host.send(socket, 1, { port: 0 })).toEqual([])
    expect(host.host.counters.datagramsUnsent).toBe(2)
    expect(host.send(socket, 1, peer)).toHaveLength(1)
  })

  it('that is longer than a packet takes, or overruns the buffer, is not taken', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    const ask = (position: number, length: number) =>
      host.host.request(Request.sendDatagram, [socket, position, length, 0, 0, 0xffff, peerAddress, 9])
    expect(ask(0, 1472)).toHaveLength(1)
    expect(ask(datagramRoom(1472), 1473)).toEqual([])
    expect(ask(datagramRoom(1472), -1)).toEqual([])
    expect(ask(datagramBufferBytes(host.host.config), 1)).toEqual([])
    expect(ask(-64, 1)).toEqual([])
  })

  it('frees its room in order: what waits holds up the report, not the datagrams', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    const share = datagramBufferBytes(host.host.config) / 8
    host.send(socket, 1, { address: silent, port: 9 })
    const each = datagramRoom(1400)
    const count = Math.ceil(share / each)
    for (let k = 0; k < count; k += 1) expect(told(host.send(socket, 1400, peer))).toEqual(['datagram'])
    const last = host.host.learn(silent)
    expect(told(last)).toEqual(['datagram', 'datagramsSent'])
    expect(last[1]).toMatchObject({ position: 64 + count * each })
  })
})

describe('an ICMP error about a datagram', () => {
  it.each([
    ['port unreachable', 3, 3, UpcallError.refused],
    ['host unreachable', 3, 1, UpcallError.unreachable],
    ['time exceeded', 11, 0, UpcallError.unreachable],
    ['fragmentation needed', 3, 4, UpcallError.tooLong],
  ])('is told to the socket that sent it: %s (RFC 1122 section 4.1.3.3)', (_, type, code, error) => {
    const host = new DatagramHost()
    const socket = host.open(53)
    expect(host.refuse(53, peer, type, code)).toMatchObject([
      { upcall: 'datagramRefused', socket, error, remoteAddress: peerAddress, remotePort: 9 },
    ])
  })

  it('is told to nobody if no socket sends from there, or it hears another peer', () => {
    const host = new DatagramHost()
    host.open(53, { port: 7 })
    expect(host.refuse(54, peer)).toEqual([])
    expect(host.refuse(53, { port: 8 })).toEqual([])
    expect(host.host.counters.icmpErrorsIn).toBe(0)
  })
})

describe('a socket that was closed', () => {
  it('hears and sends no more, and its port is free', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    expect(told(host.close(socket))).toEqual(['datagramDrained'])
    expect(host.hear(53, 1, peer)).toMatchObject([{ action: 'icmp error' }])
    expect(host.send(socket, 1, peer)).toEqual([])
    expect(host.close(socket)).toEqual([])
    expect(host.bind(53).error).toBe(UpcallError.none)
  })

  it('drops what waits', () => {
    const host = new DatagramHost()
    const socket = host.open(53)
    host.send(socket, 1, { address: silent, port: 9 })
    host.close(socket)
    expect(host.host.counters.datagramsUnsent).toBe(1)
    expect(host.host.learn(silent)).toEqual([])
  })

  it('is used again only after it was freed, under a new generation', () => {
    const host = new DatagramHost({ datagramSocketCount: 1 })
    const socket = host.open(53)
    host.free(socket)
    host.close(socket)
    expect(host.bind(54).error).toBe(UpcallError.tooManyConnections)
    host.free(socket)
    expect(host.bind(54).socket).toBe(2 << 16)
    expect(host.send(socket, 1, peer)).toEqual([])
  })
})

/** A few sockets, peers that answer and peers that do not, in any order. */
const deed = fc.oneof(
  fc.record({
    does: fc.constant('send' as const),
    socket: fc.nat(2),
    length: fc.nat(1472),
    silent: fc.boolean(),
  }),
  fc.record({ does: fc.constant('hear' as const), port: fc.nat(3), length: fc.nat(1472) }),
  fc.record({ does: fc.constant('learn' as const) }),
  fc.record({ does: fc.constant('wait' as const), micros: fc.nat(8_000_000) }),
  fc.record({ does: fc.constant('reopen' as const), socket: fc.nat(2) }),
)

describe('whatever is done with sockets', () => {
  it('every datagram that was taken is sent once or counted, and all room is reported in the end', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
        const host = new DatagramHost()
        const sockets = [0, 1, 2].map((port) => host.open(1000 + port))
        let taken = 0
        let sent = 0
        const note = (actions: readonly ReadableAction[]) => {
          sent += actions.filter(({ action }) => action === 'datagram').length
        }
        for (const step of deeds) {
          if (step.does === 'send') {
            const before = host.host.counters.datagramsUnsent + host.host.counters.datagramsOut
            const to = { address: step.silent ? silent : peerAddress, port: 9 }
            note(host.send(sockets[step.socket] as number, step.length, to))
            taken += 1
            expect(
              host.host.counters.datagramsUnsent + host.host.counters.datagramsOut - before,
            ).toBeLessThan(2)
          } else if (step.does === 'hear') note(host.hear(1000 + step.port, step.length, peer))
          else if (step.does === 'learn') note(host.host.learn(silent))
          else if (step.does === 'wait') note(host.host.wait(step.micros))
          else {
            const old = sockets[step.socket] as number
            note(host.close(old))
            note(host.free(old))
            sockets[step.socket] = host.open(1000 + step.socket)
          }
        }
        note(host.host.wait(20_000_000))
        expect(sent).toBe(host.host.counters.datagramsOut)
        expect(sent + host.host.counters.datagramsUnsent).toBe(taken)
      }),
    )
  })
})
