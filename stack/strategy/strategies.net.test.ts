/**
 * Every strategy on real threads, over a TAP, over a packet socket and a packet ring on a veth pair, and over an impaired path,
 * against the kernel's TCP, in a network namespace made here. Needs SYS_ADMIN, NET_ADMIN, /dev/net/tun and
 * the `ip` command, but no container.
 */
import { execFileSync } from 'node:child_process'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { closeDescriptors, type DescriptorDeviceHandle } from '../device/kernel/descriptor-device.ts'
import { enterNewNetworkNamespace } from '../device/kernel/network-namespace.ts'
import { openPacketRing } from '../device/kernel/packet-ring/packet-ring.ts'
import { openPacketSocket } from '../device/kernel/packet-socket.ts'
import { openTap } from '../device/kernel/tap.ts'
import { switchOffloadsOff } from '../device/testing/offloads.ts'
import type { Connection } from '../socket/connection.ts'
import { createStack, type Stack } from '../socket/stack.ts'
import type { DeviceOption, StrategyOption } from './options.ts'

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

const parallel: StrategyOption[] = [
  { kind: 'sequential' },
  { kind: 'replicated', replicas: 2 },
  { kind: 'locked', workers: 2 },
  { kind: 'sharded', workers: 2 },
  { kind: 'pipelined', workers: 4 },
]

interface Wire {
  readonly handle: DescriptorDeviceHandle
  readonly option: Pick<DeviceOption, 'kind' | 'impairment'>
  /** The kernel's interface at the other end. */
  readonly peerInterface: string
  /** Ends of a veth pair, if it is one. */
  readonly pair: readonly string[]
}

function tapWire(): Wire {
  const handle = openTap({ name: 'tap0', mtuBytes: 1500 })
  return { handle, option: { kind: 'tap' }, peerInterface: 'tap0', pair: [] }
}

/** Frames are at most the MTU, and their checksums real. The stack's end has no address. */
function vethWire(kind: 'packet-socket' | 'packet-ring'): Wire {
  execFileSync('ip', ['link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far'])
  for (const end of ['near', 'far']) switchOffloadsOff(end)
  execFileSync('ip', ['link', 'set', 'near', 'up'])
  const open = kind === 'packet-ring' ? openPacketRing : openPacketSocket
  const handle = open({ interfaceName: 'near' })
  return { handle, option: { kind }, peerInterface: 'far', pair: ['near', 'far'] }
}

function impairedWire(): Wire {
  const impairment = {
    seed: 1,
    lossProbability: 0.003,
    duplicationProbability: 0.003,
    corruptionProbability: 0.003,
    reorderProbability: 0.003,
    reorderDelayMicros: 2000,
    delayMicros: 300,
    jitterMicros: 200,
  }
  return { ...tapWire(), option: { kind: 'tap', impairment } }
}

/** `locked 2 spin`, so that a failure names its strategy. */
const worldsOf = (name: string, openWire: () => Wire, options: readonly StrategyOption[]) =>
  options.map((strategy) => ({ name, openWire, strategy, label: Object.values(strategy).join(' ') }))

const worlds = [
  ...worldsOf('a TAP', tapWire, strategies),
  ...worldsOf('a packet socket', () => vethWire('packet-socket'), parallel),
  ...worldsOf('a packet ring', () => vethWire('packet-ring'), [
    ...parallel,
    { kind: 'replicated', replicas: 2, emission: 'ordered', chunk: 8 },
  ]),
  ...worldsOf('an impaired path', impairedWire, parallel),
]

const timeoutMillis = 30_000

describe.each(worlds)(
  'over $name, against the kernel, $label',
  { timeout: timeoutMillis },
  ({ name, openWire, strategy }) => {
    let leave = (): void => {}
    let wire: Wire
    let peer: Server
    let stack: Stack

    beforeAll(async () => {
      leave = enterNewNetworkNamespace()
      wire = openWire()
      const { handle, option, peerInterface } = wire
      execFileSync('ip', ['address', 'add', `${peerAddress}/24`, 'dev', peerInterface])
      execFileSync('ip', ['link', 'set', peerInterface, 'up'])
      // The kernel drops what it sends on a veth until it has seen that both ends are up.
      await vi.waitUntil(() => wire.pair.every(isUp), { timeout: 10_000, interval: 20 })
      peer = createServer({ allowHalfOpen: true }, echo)
      await new Promise<void>((resolve) => peer.listen(port, peerAddress, resolve))
      stack = await createStack({
        strategy,
        device: { ...option, name: handle.name, descriptor: handle.fd, capabilities: handle.capabilities },
        address: '10.88.0.1/24',
        // A wake-up that got lost would cost more than a test may take.
        idle: { kind: 'park', parkMicros: 60_000_000 },
        receiveBufferBytes: 2 ** 19,
        sendBufferBytes: 2 ** 19,
        // Stacks of earlier worlds may not have been collected yet: with a gibibyte each, the kernel refuses to fork in the end.
        connectionCount: 64,
        timeWaitMillis: 100,
      })
    })

    afterAll(async () => {
      await stack.stop()
      await new Promise((resolve) => peer.close(resolve))
      closeDescriptors(wire.handle)
      leave()
    })

    test('every byte of a stream comes back', async () => {
      expect(await exchange(streamBytes)).toBe(streamBytes)
    })

    test('so it does on four connections at once', async () => {
      const bytes = 2 ** 19
      expect(await Promise.all([0, 1, 2, 3].map(() => exchange(bytes)))).toEqual([bytes, bytes, bytes, bytes])
    })

    test('what happened on the way is counted, and repaired', () => {
      const { path, protocol } = stack.report()
      expect(path !== undefined).toBe(name === 'an impaired path')
      if (path === undefined) return
      for (const { written, delayed, lost, duplicated, corrupted } of [path.outgoing, path.incoming]) {
        expect(Math.min(lost, duplicated, corrupted)).toBeGreaterThan(0)
        expect(delayed).toBeGreaterThan(written / 2)
      }
      expect(protocol.retransmits).toBeGreaterThan(0)
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
  },
)

function isUp(name: string): boolean {
  return execFileSync('ip', ['-o', 'link', 'show', 'dev', name]).toString().includes(' state UP ')
}

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
