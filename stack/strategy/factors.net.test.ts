/**
 * The factors of replication on real threads: the kernel's TCP, at the other end of a TAP in a network namespace made
 * here, sends back all it gets. Needs SYS_ADMIN, NET_ADMIN and /dev/net/tun.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closeDescriptors, type DescriptorDeviceHandle } from '../device/kernel/descriptor-device.ts'
import { enterNewNetworkNamespace } from '../device/kernel/network-namespace.ts'
import { openTap } from '../device/kernel/tap.ts'
import type { IdleOptions } from '../dominoes/replica/idle.ts'
import { createStack, type Stack } from '../socket/stack.ts'
import type { ReplicationFactors, VerificationFactor } from './factors.ts'

interface Chosen extends Partial<ReplicationFactors> {
  readonly replicas?: number
  readonly idle?: IdleOptions
  readonly verification?: VerificationFactor
}

/** There are usually more threads than cores, so the cell that spins has one replica. */
const choices: readonly Chosen[] = [
  { idle: { kind: 'spin' }, replicas: 1 },
  { idle: { kind: 'backoff', spins: 50, yields: 20 } },
  { idle: { kind: 'park' } },
  { claim: 'request' },
  { chunk: 8 },
  { ownership: 'rotation' },
  { checkAhead: 0 },
  { claim: 'request', ownership: 'rotation' },
  { emission: 'ordered' },
  { emission: 'ordered', replicas: 3, chunk: 4 },
  { emission: 'ordered', claim: 'request' },
  { verification: 'before' },
  { verification: 'trusted' },
  { reader: 'dedicated' },
  { reader: 'dedicated', replicas: 1, idle: { kind: 'backoff', spins: 20, yields: 3 } },
  { reader: 'dedicated', emission: 'ordered', ownership: 'rotation' },
  { reader: 'per-queue' },
  { reader: 'per-queue', emission: 'ordered', replicas: 3 },
]

const totalBytes = 2_000_000
const port = 5002

describe('in a network namespace', () => {
  let leave: () => void
  let tap: DescriptorDeviceHandle
  let server: Server
  beforeEach(() => {
    leave = enterNewNetworkNamespace()
  })
  afterEach(() => {
    server.close()
    closeDescriptors(tap)
    leave()
  })

  async function openPeer(queues: number): Promise<void> {
    tap = openTap({ name: 'factors0', mtuBytes: 1500, queues })
    execFileSync('ip', ['address', 'add', '10.79.0.2/24', 'dev', tap.name])
    execFileSync('ip', ['link', 'set', tap.name, 'up'])
    // The peer answers only after it has read to the end, so it never stops reading because it cannot write.
    server = createServer({ allowHalfOpen: true }, (socket) => {
      const chunks: Uint8Array[] = []
      socket.on('data', (chunk: Uint8Array) => chunks.push(chunk))
      socket.on('end', () => socket.end(Buffer.concat(chunks)))
    }).listen(port, '10.79.0.2')
    await once(server, 'listening')
  }

  function openStack({
    replicas = 2,
    idle = { kind: 'park' },
    verification,
    ...factors
  }: Chosen): Promise<Stack> {
    return createStack({
      strategy: { kind: 'replicated', replicas, ...factors },
      device: {
        kind: 'tap',
        name: tap.name,
        descriptor: tap.fd,
        queueDescriptors: [tap.fd, ...(tap.otherFds ?? [])],
        capabilities: tap.capabilities,
      },
      address: '10.79.0.1/24',
      idle,
      ...(verification === undefined ? {} : { verification }),
      digestStride: 64,
    })
  }

  test.each(choices)('%j: what is sent comes back, byte for byte, with equal digests', async (chosen) => {
    await openPeer(chosen.reader === 'per-queue' ? (chosen.replicas ?? 2) : 1)
    const stack = await openStack(chosen)
    try {
      const connection = await stack.connect({ address: '10.79.0.2', port })
      const sent = Uint8Array.from({ length: totalBytes }, (_, k) => (k * 31) ^ (k >> 8))
      const sending = connection.write(sent).then(() => connection.close())
      let received = 0
      for await (const bytes of connection) {
        expect(Buffer.compare(bytes, sent.subarray(received, received + bytes.length))).toBe(0)
        received += bytes.length
      }
      await sending
      expect(received).toBe(totalBytes)
      await stack.settle()
      expect(stack.report()).toMatchObject({ divergences: 0, digestsMissed: 0 })
      expect(stack.report().digestsCompared).toBeGreaterThan(0)
    } finally {
      await stack.stop()
    }
  })
})
