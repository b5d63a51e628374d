import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localAddress, peerAddress } from '../protocol/testing/host.ts'
import { Format } from '../wire/header.ts'
import type { DatagramSocket } from './datagram-socket.ts'
import { SocketWorld } from './testing/socket-world.ts'

let world: SocketWorld

beforeEach(() => {
  world = new SocketWorld()
})

afterEach(() => world.stop())

const peer = { address: '10.0.0.2', port: 9 }

async function bind(port = 53): Promise<DatagramSocket> {
  const socket = world.stack.bindDatagram(port)
  await world.settle()
  return socket
}

async function connect(): Promise<DatagramSocket> {
  const socket = world.stack.connectDatagram({ ...peer, localPort: 53 })
  await world.settle()
  return socket
}

/** A datagram of `length` bytes; the world copies none. */
function hear(length: number, port = peer.port): void {
  world.arrive({
    format: Format.udp,
    ipSource: peerAddress,
    ipDestination: localAddress,
    sourcePort: port,
    destinationPort: 53,
    payloadOffset: 42,
    payloadLength: length,
  })
}

function refuse(): void {
  world.arrive({
    format: Format.icmpError,
    ipSource: peerAddress,
    ipDestination: localAddress,
    icmpType: 3,
    icmpCode: 3,
    quotedProtocol: 17,
    quotedSource: localAddress,
    quotedDestination: peerAddress,
    quotedSourcePort: 53,
    quotedDestinationPort: peer.port,
  })
}

const reason = (outcome: Promise<unknown>) =>
  outcome.then(
    () => 'done',
    (error: { reason?: string }) => error.reason,
  )

describe('sending', () => {
  test('goes on when the mailbox, which was full, has a place again', async () => {
    const socket = await bind()
    world.mailCount = 4
    let sent = 0
    const all = (async () => {
      for (; sent < 10; sent += 1) await socket.send(new Uint8Array(10), peer)
    })()
    await world.poll()
    expect(sent).toBe(4)
    // Far less than the share of the buffer that an upcall tells of.
    await world.settle()
    await world.settle()
    await world.settle()
    await all
    world.apply()
    expect(world.datagrams).toHaveLength(10)
  })

  test('waits for room in the send buffer, and for the threads that may still read it', async () => {
    const socket = await bind()
    const bytes = new Uint8Array(1472)
    let sent = 0
    while (socket.trySend(bytes, peer)) sent += 1
    expect(sent).toBe(Math.floor(2 ** 18 / 1472))
    world.passedBefore = 0
    await world.settle()
    expect(socket.trySend(bytes, peer)).toBe(false)
    world.passedBefore = Number.POSITIVE_INFINITY
    await world.poll()
    expect(socket.trySend(bytes, peer)).toBe(true)
  })

  test('refuses what cannot be sent, before anything is posted', async () => {
    const bound = await bind()
    const before = world.posted.length
    expect(() => bound.trySend(new Uint8Array(1473), peer)).toThrow(/at most 1472 bytes/)
    expect(() => bound.trySend(new Uint8Array(1))).toThrow(/needs an address/)
    expect(() => bound.trySend(new Uint8Array(1), { ...peer, port: 0 })).toThrow(RangeError)
    expect(() => bound.trySend(new Uint8Array(1), { ...peer, address: 'here' })).toThrow(RangeError)
    expect(world.posted).toHaveLength(before)
  })

  test('of a connected socket needs no address, and takes none', async () => {
    const socket = await connect()
    expect(() => socket.trySend(new Uint8Array(1), peer)).toThrow(/to its peer only/)
    expect(socket.trySend(new Uint8Array(5))).toBe(true)
    world.apply()
    expect(world.datagrams).toMatchObject([
      { ipDestination: peerAddress, destinationPort: 9, payloadLength: 5 },
    ])
  })

  test('many at once is told how many there was room for', async () => {
    const socket = await bind()
    world.mailCount = 3
    const datagrams = Array.from({ length: 5 }, () => ({ bytes: new Uint8Array(1), to: peer }))
    expect(socket.trySendMany(datagrams)).toBe(3)
  })
})

describe('receiving', () => {
  test('gives what arrived in its order, with its sender, and gives the room back once for all', async () => {
    const socket = await bind()
    hear(10, 7)
    hear(0, 8)
    await world.poll()
    const datagrams = await socket.receiveMany()
    expect(datagrams.map(({ bytes, address, port }) => [bytes.length, address, port])).toEqual([
      [10, '10.0.0.2', 7],
      [0, '10.0.0.2', 8],
    ])
    expect(world.posted.filter((entry) => entry.startsWith('readDatagrams'))).toHaveLength(1)
  })

  test('waits for the next one, and ends with the socket', async () => {
    const socket = await bind()
    const next = socket.receive()
    hear(3)
    await world.poll()
    expect(await next).toMatchObject({ port: 9 })
    const last = socket.receive()
    socket.close()
    expect(await last).toBeNull()
    await expect(socket.send(new Uint8Array(1), peer)).rejects.toThrow(/closed/)
  })
})

describe('an error', () => {
  test('of a connected socket is thrown once, at whatever comes next', async () => {
    const socket = await connect()
    const next = reason(socket.receive())
    refuse()
    await world.poll()
    expect(await next).toBe('refused')
    expect(socket.trySend(new Uint8Array(1))).toBe(true)
  })

  test('of a socket that hears everybody is told, and ends nothing', async () => {
    const socket = await bind()
    const told: unknown[] = []
    socket.onRefused = (to, why) => told.push([to, why])
    refuse()
    await world.poll()
    expect(told).toEqual([[peer, 'refused']])
    expect(socket.trySend(new Uint8Array(1), peer)).toBe(true)
  })

  test('is what everybody gets once the stack has stopped, now and later', async () => {
    const socket = await bind()
    const waiting = [reason(socket.receive()), reason(socket.receive())]
    await world.stop()
    expect(await Promise.all(waiting)).toEqual(['stack stopped', 'stack stopped'])
    expect(await reason(socket.receive())).toBe('stack stopped')
    expect(await reason(socket.send(new Uint8Array(1), peer))).toBe('stack stopped')
  })

  test('of the port is told to whoever binds', async () => {
    await bind()
    const second = reason(world.stack.bindDatagram(53))
    await world.settle()
    expect(await second).toBe('port in use')
  })
})

test('a socket that was closed is freed once every thread has passed its last request', async () => {
  const socket = await bind()
  world.passedBefore = 0
  socket.close()
  socket.close()
  await world.settle()
  const count = (kind: string) => world.posted.filter((entry) => entry.startsWith(kind)).length
  expect([count('closeDatagram'), count('freeDatagram')]).toEqual([1, 0])
  world.passedBefore = Number.POSITIVE_INFINITY
  await world.settle()
  expect(count('freeDatagram')).toBe(1)
})
