/**
 * Every strategy on real threads, over a TAP against the kernel's TCP, in a network namespace made here. Needs SYS_ADMIN,
 * NET_ADMIN, /dev/net/tun and the `ip` command, but no container.
 */
import { execFileSync } from 'node:child_process'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeDescriptors, type DescriptorDeviceHandle } from '../device/descriptor-device.ts'
import { enterNewNetworkNamespace } from '../device/network-namespace.ts'
import { openTap } from '../device/tap.ts'
import type { Connection } from '../socket/connection.ts'
import { createStack, type Stack } from '../socket/stack.ts'
import type { StrategyOption } from './options.ts'

const peerAddress = '10.88.0.2'
const port = 5000
const streamBytes = 3 * 2 ** 20 + 17
/** Odd, so that the pattern does not repeat where rings and segments do. */
const pattern = Uint8Array.from({ length: 65_521 }, (_, k) => Math.imul(k + 1, 0x9e3779b1) >>> 24)

const strategies: StrategyOption[] = [
  { kind: 'sequential' },
  { kind: 'replicated', replicas: 1 },
  { kind: 'replicated', replicas: 2 },
  { kind: 'locked', workers: 1 },
  { kind: 'locked', workers: 2, lock: 'spin' },
  { kind: 'locked', workers: 2, lock: 'ticket' },
  { kind: 'locked', workers: 2, lock: 'parking' },
  { kind: 'sharded', workers: 1 },
  { kind: 'sharded', workers: 2 },
  { kind: 'pipelined', workers: 1 },
  { kind: 'pipelined', workers: 2 },
  { kind: 'pipelined', workers: 3 },
  { kind: 'pipelined', workers: 4 },
]

const timeoutMillis = 15_000

describe.each(strategies)('%o against the kernel', { timeout: timeoutMillis }, (strategy) => {
  let leave = (): void => {}
  let tap: DescriptorDeviceHandle
  let peer: Server
  let stack: Stack

  beforeAll(async () => {
    leave = enterNewNetworkNamespace()
    tap = openTap({ name: 'tap0', mtuBytes: 1500 })
    execFileSync('ip', ['address', 'add', `${peerAddress}/24`, 'dev', 'tap0'])
    execFileSync('ip', ['link', 'set', 'tap0', 'up'])
    peer = createServer({ allowHalfOpen: true }, echo)
    await new Promise<void>((resolve) => peer.listen(port, peerAddress, resolve))
    stack = await createStack({
      strategy,
      device: { kind: 'tap', name: 'tap0', descriptor: tap.fd, capabilities: tap.capabilities },
      address: '10.88.0.1/24',
      // A wake-up that got lost would cost more than a test may take.
      idle: { kind: 'park', parkMicros: 30_000_000 },
      receiveBufferBytes: 2 ** 19,
      sendBufferBytes: 2 ** 19,
      timeWaitMillis: 100,
    })
  })

  afterAll(async () => {
    await stack.stop()
    await new Promise((resolve) => peer.close(resolve))
    closeDescriptors(tap)
    leave()
  })

  test('every byte of a stream comes back', async () => {
    expect(await exchange(streamBytes)).toBe(streamBytes)
  })

  test('so it does on four connections at once', async () => {
    const bytes = 2 ** 19
    expect(await Promise.all([0, 1, 2, 3].map(() => exchange(bytes)))).toEqual([bytes, bytes, bytes, bytes])
  })

  test('a port where nobody listens refuses', async () => {
    await expect(stack.connect({ address: peerAddress, port: port + 1 })).rejects.toThrow('refused')
  })

  test('connections are accepted', async () => {
    const listener = await stack.listen(80)
    const clients = Promise.all([0, 1, 2].map(() => textFrom(connect(80, '10.88.0.1'))))
    for (let k = 0; k < 3; k++) {
      const connection = (await listener.accept()) as Connection
      await connection.write(new TextEncoder().encode('hello'))
      connection.close()
    }
    expect(await clients).toEqual(['hello', 'hello', 'hello'])
    listener.close()
  })

  /** Sends and reads back `total` bytes; returns how many came back right. */
  async function exchange(total: number): Promise<number> {
    const connection = await stack.connect({ address: peerAddress, port })
    const sending = send(connection, total)
    const { stream } = connection
    let right = 0
    for (;;) {
      const window = stream.readWindow(2 ** 16)
      if (window.length === 0) {
        if (stream.finished || stream.closedReason !== undefined) break
        await connection.progress()
        continue
      }
      for (let k = 0; k < window.length; k++) {
        if (window[k] === pattern[(stream.consumed + k) % pattern.length]) right += 1
      }
      stream.consume(window.length)
    }
    await sending
    await connection.closed()
    return right
  }
})

async function send(connection: Connection, total: number): Promise<void> {
  for (let done = 0; done < total; ) {
    const at = done % pattern.length
    const piece = pattern.subarray(at, at + Math.min(pattern.length - at, total - done))
    await connection.write(piece)
    done += piece.length
  }
  connection.close()
}

function echo(socket: Socket): void {
  socket.on('error', () => socket.destroy())
  socket.pipe(socket)
}

async function textFrom(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}
