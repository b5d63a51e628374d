import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Factors, identifyFactors } from '../../matrix/factors.ts'
import type { Measurement } from '../../result/sample.ts'
import type { Sampler } from '../../runner/sampler.ts'
import { ContainerSampler } from '../../testbed/sampler.ts'
import { sampleContext } from '../../testing/sample-context.ts'

const mebibyte = 2 ** 20

let sampler: Sampler
let folder: string
const logged: string[] = []

beforeAll(async () => {
  sampler = new ContainerSampler()
  folder = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
})

afterAll(async () => {
  await sampler.dispose()
  await rm(folder, { recursive: true, force: true })
})

const all = (bytes: number) => ({ none: bytes, checksum: bytes, copy: bytes, cipher: bytes, linux: bytes })

async function transfer(
  factors: Factors,
  direction: 'send' | 'receive',
  { round = 0, warmupShare = factors.strategy === 'linux' ? 1 : 0 } = {},
): Promise<Measurement> {
  logged.length = 0
  const context = sampleContext({
    workload: { kind: 'bulk', direction, transferBytes: all(8 * mebibyte), warmupBytes: all(mebibyte) },
    logPath: join(folder, 'log'),
    warmupShare,
    log: (line) => logged.push(line),
  })
  const outcome = await sampler.take({ id: identifyFactors(factors), factors }, round, context)
  if (outcome.status === 'failed') throw new Error(outcome.failure.reason)
  return outcome.measurement
}

const verifiedBytes = ({ deliveries: [delivery] }: Measurement) => delivery?.verified ?? 0

const stackCells: Factors[] = [
  { strategy: 'sequential', payloadWork: 'checksum', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'cipher', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap-bridge' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', reader: 'per-queue', topology: 'tap' },
  { strategy: 'sequential', payloadWork: 'checksum', topology: 'veth-packet' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'cipher', topology: 'veth-packet' },
  { strategy: 'sharded', replicas: 2, payloadWork: 'checksum', topology: 'veth-packet' },
  { strategy: 'sequential', payloadWork: 'checksum', topology: 'veth-packet-ring' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'cipher', topology: 'veth-packet-ring' },
  { strategy: 'sequential', payloadWork: 'none', topology: 'tap' },
  { strategy: 'sequential', payloadWork: 'none', offload: 'on', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', offload: 'on', topology: 'tap' },
  {
    strategy: 'replicated',
    replicas: 2,
    payloadWork: 'cipher',
    offload: 'on',
    emission: 'ordered',
    topology: 'tap',
  },
  { strategy: 'replicated', replicas: 2, payloadWork: 'none', offload: 'on', topology: 'veth-packet' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'none', offload: 'on', topology: 'veth-packet-ring' },
  { strategy: 'locked', replicas: 2, payloadWork: 'checksum', offload: 'on', topology: 'tap' },
  { strategy: 'pipelined', replicas: 2, payloadWork: 'none', offload: 'on', topology: 'tap' },
]

describe.each(['send', 'receive'] as const)(
  'one connection with an unmodified Linux peer, %s',
  (direction) => {
    test.each(stackCells)('%j: every byte arrives', async (factors) => {
      const sample = await transfer(factors, direction)
      const [sent, received, verified] = [9 * mebibyte, 9 * mebibyte, 9 * mebibyte]
      expect(sample.deliveries).toEqual([{ unit: 'bytes', sent, received, verified }])
      expect(sample.divergences).toBe(0)
      if (factors.strategy === 'replicated') expect(sample.digestsCompared).toBeGreaterThan(0)
    })

    test('between two Linux hosts, the reference', async () => {
      const sample = await transfer({ strategy: 'linux', topology: 'veth', offload: 'off' }, direction)
      expect(verifiedBytes(sample)).toBe(9 * mebibyte)
    })
  },
)

/** Application bytes a data segment carried at least, on average over the frames of the sender. */
const segmentsOf = (sample: Measurement, frames: number | null) => verifiedBytes(sample) / (frames as number)

test.each([600, 8960])('segments are as large as was asked for, whoever sends: %s', async (segmentBytes) => {
  const factors: Factors = { strategy: 'sequential', payloadWork: 'checksum', segmentBytes, topology: 'tap' }
  // Timestamps take 12 bytes of each.
  const most = segmentBytes - 12
  const sent = await transfer(factors, 'send')
  const received = await transfer(factors, 'receive')
  for (const size of [segmentsOf(sent, sent.framesOut), segmentsOf(received, received.framesIn)]) {
    expect(size).toBeLessThanOrEqual(most)
    expect(size).toBeGreaterThan(0.8 * most)
  }
})

test.each(['tap', 'veth-packet', 'veth-packet-ring'])(
  'with offloads a frame carries many segments, both ways: %s',
  async (topology) => {
    const factors: Factors = { strategy: 'sequential', payloadWork: 'checksum', offload: 'on', topology }
    const sent = await transfer(factors, 'send')
    const received = await transfer(factors, 'receive')
    expect(segmentsOf(sent, sent.framesOut)).toBeGreaterThan(2 * 1448)
    expect(segmentsOf(received, received.framesIn)).toBeGreaterThan(2 * 1448)
  },
)

test('between Linux hosts, too, and on several connections', async () => {
  const cell: Factors = { strategy: 'linux', topology: 'veth', offload: 'off', connections: 3 }
  const sample = await transfer({ ...cell, segmentBytes: 600 }, 'send')
  // Three equal shares, rounded up.
  expect(verifiedBytes(sample)).toBe(9 * mebibyte + 3)
  const told = JSON.parse(logged.find((line) => line.startsWith('{')) ?? '') as {
    stack: { perConnection: { tcpInfo: Record<string, number> }[] }
  }
  expect(told.stack.perConnection.map(({ tcpInfo }) => tcpInfo.snd_mss)).toEqual([588, 588, 588])
})

describe.each(['send', 'receive'] as const)(
  'over a path that loses one frame in a hundred, %s',
  (direction) => {
    test.each(['tap', 'veth-packet', 'veth-packet-ring'])(
      '%s: every byte arrives, and what it took is counted',
      async (topology) => {
        const impairment = { lossProbability: 0.01, delayMicros: 1000 }
        const sample = await transfer(
          { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology, impairment },
          direction,
        )
        expect(verifiedBytes(sample)).toBe(9 * mebibyte)
        const { outgoing, incoming } = sample.path as NonNullable<typeof sample.path>
        expect(Math.min(outgoing.lost, incoming.lost)).toBeGreaterThan(0)
        expect(outgoing.delayed).toBeGreaterThan(0.9 * (outgoing.written - outgoing.lost))
        const { retransmits } = sample.measures
        expect(retransmits).toBeGreaterThan(0)
        const { stack, peer } = sample.retransmitsOf as NonNullable<typeof sample.retransmitsOf>
        expect(direction === 'send' ? stack : peer).toBe(retransmits)
      },
    )
  },
)

test.each([
  ['sequential', { strategy: 'sequential' }],
  ['replicated-2', { strategy: 'replicated', replicas: 2 }],
] as const)('between two stacks, a peer that is %s', async (peer, stack) => {
  for (const direction of ['send', 'receive'] as const) {
    const cell: Factors = { ...stack, payloadWork: 'cipher', topology: 'tap-pair', peer }
    const sample = await transfer(cell, direction)
    const [sent, received, verified] = [9 * mebibyte, 9 * mebibyte, 9 * mebibyte]
    expect(sample.deliveries).toEqual([{ unit: 'bytes', sent, received, verified }])
    expect(sample.divergences).toBe(0)
    const atPeer = sample.peerStack?.digestsCompared ?? 0
    const isCompared = peer === 'replicated-2'
    expect([atPeer > 0, sample.digestsCompared > atPeer]).toEqual([isCompared, isCompared])
  }
})

test('a Linux peer sends by the congestion control and loss detection of the cell, and of no other', async () => {
  const cell: Factors = { strategy: 'sequential', payloadWork: 'checksum', topology: 'tap' }
  const of = { peerCongestion: 'reno', peerRecovery: '2011' } as const
  const old = await transfer({ ...cell, ...of }, 'receive')
  const standard = await transfer({ ...cell, peerRecovery: 'current' }, 'receive')
  for (const sample of [old, standard]) expect(verifiedBytes(sample)).toBe(9 * mebibyte)
  expect(old.linuxTcp).toMatchObject({ congestionControl: 'reno', 'net.ipv4.tcp_recovery': '0' })
  expect(standard.linuxTcp).toEqual({ congestionControl: 'cubic' })
  const { linuxTcp } = await transfer(cell, 'receive')
  expect(linuxTcp).toBeUndefined()
})

test('the kernel below a packet socket says nothing of its own', async () => {
  await transfer({ strategy: 'sequential', payloadWork: 'checksum', topology: 'veth-packet' }, 'send')
  const { seen } = JSON.parse(logged.find((line) => line.startsWith('{')) ?? '') as {
    seen: { stack: Record<string, number> }
  }
  expect(seen.stack).not.toHaveProperty(['Tcp.OutRsts'])
  expect(seen.stack).not.toHaveProperty(['Ip.OutRequests'])
  expect(seen.stack).not.toHaveProperty(['Icmp.OutMsgs'])
})

test('a process is warmed once, and is a new one after a few rounds', async () => {
  const cell: Factors = { strategy: 'locked', replicas: 1, payloadWork: 'checksum', topology: 'tap' }
  const warmed: boolean[] = []
  for (const round of [0, 2, 3, 4]) {
    await transfer(cell, 'send', { round, warmupShare: 1 })
    warmed.push(logged.includes('warming up'))
  }
  expect(warmed).toEqual([true, false, true, false])
})
