/**
 * UDP on real threads, over a TAP, under every strategy: a socket of the kernel's, in a network namespace made here, sends back
 * all it gets. Needs SYS_ADMIN, NET_ADMIN, /dev/net/tun and the `ip` command, but no container.
 */
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { closeDescriptors } from '../device/kernel/descriptor-device.ts'
import { enterNewNetworkNamespace } from '../device/kernel/network-namespace.ts'
import { openTap } from '../device/kernel/tap.ts'
import type { DatagramSocket } from '../socket/datagram-socket.ts'
import { createStack, type Stack } from '../socket/stack.ts'
import type { StrategyOption } from './options.ts'

const strategies: readonly StrategyOption[] = [
  { kind: 'sequential' },
  { kind: 'replicated', replicas: 1 },
  { kind: 'replicated', replicas: 2 },
  { kind: 'replicated', replicas: 2, emission: 'ordered' },
  { kind: 'locked', workers: 2 },
  { kind: 'sharded', workers: 2 },
  { kind: 'pipelined', workers: 2 },
  { kind: 'pipelined', workers: 4 },
]

const peerAddress = '10.89.0.2'
const port = 7
const count = 2000
/** Under way at the same time: no queue on the way is full then, so that none may be lost. */
const windowCount = 64
const longestBytes = 1472

/** Each: its number, and bytes that follow from it and from their place; lengths from 4 bytes on. */
const datagrams = Array.from({ length: count }, (_, number) => {
  const bytes = new Uint8Array(4 + ((number * 367) % (longestBytes - 3)))
  for (let place = 4; place < bytes.length; place += 1) {
    bytes[place] = Math.imul(number * longestBytes + place, 0x9e3779b1) >>> 24
  }
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
})

describe.each(strategies)('datagrams to the kernel and back, %j', (strategy) => {
  test('all come back as they were sent, and replicas are equal', async () => {
    const stack = await openWorld(strategy)
    const socket = await stack.connectDatagram({ address: peerAddress, port })
    const returned = await echo(socket)
    const numbers = Array.from({ length: count }, (_, number) => number)
    const isOrdered =
      strategy.kind === 'sequential' || (strategy.kind === 'replicated' && strategy.emission === 'ordered')
    expect(isOrdered ? returned : returned.toSorted((one, other) => one - other)).toEqual(numbers)
    socket.close()
    await stack.settle()
    const { divergences, digestsCompared, protocol } = stack.report()
    expect(divergences).toBe(0)
    expect(digestsCompared > 0).toBe(strategy.kind === 'replicated')
    expect(protocol).toMatchObject({
      datagramsIn: count,
      datagramsOut: count,
      datagramsDropped: 0,
      datagramsUnsent: 0,
    })
  })
})

/** A stack whose peer is the kernel of a namespace that ends with the test. */
async function openWorld(strategy: StrategyOption): Promise<Stack> {
  onTestFinished(enterNewNetworkNamespace())
  const tap = openTap({ name: 'datagrams0', mtuBytes: 1500 })
  onTestFinished(() => closeDescriptors(tap))
  execFileSync('ip', ['address', 'add', `${peerAddress}/24`, 'dev', tap.name])
  execFileSync('ip', ['link', 'set', tap.name, 'up'])
  const peer = createSocket('udp4', (bytes, from) => peer.send(bytes, from.port, from.address))
  onTestFinished(() => void peer.close())
  peer.bind(port, peerAddress)
  await once(peer, 'listening')
  const stack = await createStack({
    strategy,
    device: { kind: 'tap', name: tap.name, descriptor: tap.fd, capabilities: tap.capabilities },
    address: '10.89.0.1/24',
    // A wake-up that got lost would cost more than a test may take.
    idle: { kind: 'park', parkMicros: 60_000_000 },
  })
  onTestFinished(() => stack.stop())
  return stack
}

/** The numbers of those that came back, in that order. Throws if one is not as it was sent. */
async function echo(socket: DatagramSocket): Promise<number[]> {
  const returned: number[] = []
  for (let sent = 0; returned.length < count; ) {
    for (; sent < count && sent - returned.length < windowCount; sent += 1)
      await socket.send(datagrams[sent] as Uint8Array)
    for (const { bytes } of await socket.receiveMany(windowCount)) {
      const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
      if (Buffer.compare(bytes, datagrams[number] ?? bytes.subarray(1)) !== 0) {
        throw new Error(`what came back as datagram ${number} is not as it was sent`)
      }
      returned.push(number)
    }
  }
  return returned
}
