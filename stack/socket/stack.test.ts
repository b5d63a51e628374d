import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Connection } from './connection.ts'
import type { Listener } from './listener.ts'
import { listenPort, SocketWorld } from './testing/socket-world.ts'

let world: SocketWorld

beforeEach(() => {
  world = new SocketWorld()
})

afterEach(() => world.stop())

async function listen(backlog = 8): Promise<Listener> {
  const listening = world.stack.listen(listenPort, { backlog })
  await world.settle()
  return listening
}

/** A connection that a peer opened and the application accepted. */
async function accept(listener: Listener, port = 4000): Promise<Connection> {
  const peer = world.peer(port)
  world.handshake(peer)
  await world.settle()
  const connection = await listener.accept()
  await world.settle()
  return connection as Connection
}

function peerOf(port = 4000) {
  const peer = world.peers.get(port)
  if (peer === undefined) throw new Error(`no peer ${port}`)
  return peer
}

describe('a connection is given back once it is over and read', () => {
  test('data, then a reset: the data can be read, then the error, and nothing is left', async () => {
    const connection = await accept(await listen())
    world.arrive(peerOf().data(100), peerOf().rst())
    await world.settle()
    expect((await connection.read())?.length).toBe(100)
    await expect(connection.read()).rejects.toMatchObject({ reason: 'reset' })
    await world.settle()
    expect(world.held).toBe(0)
  })

  test('data, then a reset, read in place', async () => {
    const { stream } = await accept(await listen())
    world.arrive(peerOf().data(100), peerOf().rst())
    await world.settle()
    stream.consume(stream.readWindow(1000).length)
    await world.settle()
    expect(world.held).toBe(0)
  })

  test('our close first, then data and FIN of the peer, unread when the connection is over', async () => {
    const connection = await accept(await listen())
    connection.close()
    await world.settle()
    world.arrive(peerOf().ack(), peerOf().data(100), peerOf().fin())
    await world.settle()
    expect(connection.stream.closedReason).toBe(0)
    expect((await connection.read())?.length).toBe(100)
    expect(await connection.read()).toBe(null)
    await world.settle()
    expect(world.held).toBe(0)
  })

  test('abort with unread bytes', async () => {
    const connection = await accept(await listen())
    world.arrive(peerOf().data(100))
    await world.settle()
    connection.abort()
    await world.settle()
    expect(peerOf().isReset).toBe(true)
    await expect(connection.read()).rejects.toMatchObject({ reason: 'reset' })
    expect(world.held).toBe(0)
  })

  test('abort with bytes that arrive before the machine learns of it', async () => {
    const connection = await accept(await listen())
    connection.abort()
    world.arrive(peerOf().data(100))
    await world.settle()
    expect(world.held).toBe(0)
  })

  test('finish after the connection was reset, with unread bytes', async () => {
    const connection = await accept(await listen())
    world.arrive(peerOf().data(100), peerOf().rst())
    await world.settle()
    connection.finish()
    await world.settle()
    expect(world.held).toBe(0)
  })

  test('connected and closed in one poll', async () => {
    const connecting = world.stack.connect({ address: '10.0.0.2', port: 81, localPort: 33_000 })
    const peer = world.peer(81, 33_000)
    world.apply()
    world.arrive(peer.synAck(), peer.rst())
    await world.settle()
    const connection = await connecting
    await world.settle()
    await expect(connection.read()).rejects.toMatchObject({ reason: 'reset' })
    expect(world.held).toBe(0)
  })

  test('connected and closed in one poll, by an application that only writes', async () => {
    const connecting = world.stack.connect({ address: '10.0.0.2', port: 81, localPort: 33_000 })
    const peer = world.peer(81, 33_000)
    world.apply()
    world.arrive(peer.synAck(), peer.rst())
    await world.settle()
    await expect((await connecting).write(new Uint8Array(10))).rejects.toMatchObject({ reason: 'reset' })
    await world.settle()
    expect(world.held).toBe(0)
  })

  test('it is released once, and freed once, whatever the application says how often', async () => {
    const connection = await accept(await listen())
    connection.finish()
    connection.finish()
    connection.abort()
    connection.close()
    await world.settle()
    connection.abort()
    connection.finish()
    await world.settle()
    expect([...world.countPosted('release').values()]).toEqual([1])
    expect([...world.countPosted('free').values()]).toEqual([1])
    expect(world.held).toBe(0)
  })

  test('its index is freed only when all threads have passed the request that emitted its last', async () => {
    const connection = await accept(await listen())
    world.passedBefore = 0
    connection.abort()
    await world.settle()
    expect(world.countPosted('free').size).toBe(0)
    expect(world.held).toBe(1)
    world.passedBefore = Number.POSITIVE_INFINITY
    await world.settle()
    expect(world.countPosted('free').size).toBe(1)
    expect(world.held).toBe(0)
  })

  test('whoever waits for the end of a finished connection is told', async () => {
    const connection = await accept(await listen())
    connection.finish()
    const closed = connection.closed()
    await world.settle()
    world.arrive(peerOf().ack(), peerOf().fin())
    await world.settle()
    await closed
    expect(world.held).toBe(0)
  })

  test('nothing is read or written after it was given up', async () => {
    const connection = await accept(await listen())
    connection.finish()
    await expect(connection.write(new Uint8Array(1))).rejects.toMatchObject({ reason: 'closed' })
    expect(connection.stream.writeWindow(10).length).toBe(0)
    world.arrive(peerOf().data(100))
    await world.settle()
    expect(connection.stream.readableBytes).toBe(0)
  })
})

describe('a listener', () => {
  test('resets accepted connections that nobody claimed when it is closed (Linux does)', async () => {
    const listener = await listen()
    const peers = [4000, 4001].map((port) => world.peer(port))
    for (const peer of peers) world.handshake(peer)
    await world.settle()
    world.arrive((peers[0] as (typeof peers)[0]).data(100))
    await world.settle()
    listener.close()
    await world.settle()
    expect(peers.map((peer) => peer.isReset)).toEqual([true, true])
    expect(world.held).toBe(0)
  })

  test('resets a connection, with unread bytes too, that is accepted after it was closed', async () => {
    const listener = await listen()
    const peer = world.peer(4000)
    world.handshake(peer)
    world.arrive(peer.data(100))
    listener.close()
    await world.settle()
    expect(peer.isReset).toBe(true)
    expect(world.held).toBe(0)
  })

  test('has what was accepted in the poll that says that it listens', async () => {
    const listening = world.stack.listen(listenPort)
    world.apply()
    const peer = world.peer(4000)
    world.handshake(peer)
    await world.settle()
    expect(peer.isReset).toBe(false)
    expect(await (await listening).accept()).not.toBe(null)
  })

  test('fails if the port is in use, and leaves the one that listens alone', async () => {
    const listener = await listen()
    const second = world.stack.listen(listenPort)
    const refused = expect(second).rejects.toMatchObject({ reason: 'port in use' })
    await world.settle()
    await refused
    expect(await accept(listener)).not.toBe(null)
  })

  test('takes no more than its backlog before the application accepts (listen(2))', async () => {
    const listener = await listen(2)
    const peers = [4000, 4001, 4002].map((port) => world.peer(port))
    for (const peer of peers.slice(0, 2)) world.handshake(peer)
    await world.settle()
    world.arrive((peers[2] as (typeof peers)[0]).syn())
    await world.settle()
    expect((peers[2] as (typeof peers)[0]).heard).toEqual([])
    await listener.accept()
    await world.settle()
    const late = world.peer(4003)
    world.handshake(late)
    await world.settle()
    expect(late.heard).toEqual(['SYN ACK'])
    expect(world.held).toBe(3)
  })

  test('keeps what was reset before it was claimed: the application learns of it, and it counts until then', async () => {
    const listener = await listen(1)
    const peer = world.peer(4000)
    world.handshake(peer)
    world.arrive(peer.rst())
    await world.settle()
    const next = world.peer(4001)
    world.arrive(next.syn())
    expect(next.heard).toEqual([])
    const connection = await listener.accept()
    await world.settle()
    await expect(connection?.read()).rejects.toMatchObject({ reason: 'reset' })
    expect(world.held).toBe(0)
    world.arrive(next.syn())
    expect(next.heard).toEqual(['SYN ACK'])
  })
})

describe('finish with unread data', () => {
  test('sends a reset, not a FIN (RFC 1122 section 4.2.2.13)', async () => {
    const connection = await accept(await listen())
    world.arrive(peerOf().data(100))
    await world.settle()
    connection.finish()
    await world.settle()
    expect(peerOf().heard.at(-1)).toBe('RST ACK')
    expect(world.held).toBe(0)
  })

  test('sends a FIN if all was read', async () => {
    const connection = await accept(await listen())
    world.arrive(peerOf().data(100))
    await world.settle()
    await connection.read()
    connection.finish()
    await world.settle()
    expect(peerOf().heard.at(-1)).toBe('FIN ACK')
  })
})
