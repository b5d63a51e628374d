import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const connections = 1024
const bytes = 32 * 2 ** 20
const all = { checksum: bytes, copy: bytes, cipher: bytes, linux: bytes }
const take = containerSamples({ kind: 'bulk', direction: 'send', transferBytes: all, warmupBytes: all })
/** With an eighth before it, in which the connections settle. */
const moved = bytes + bytes / 8

const replicated: Factors = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' }
const sharded: Factors = { ...replicated, strategy: 'sharded' }
const linux: Factors = { strategy: 'linux', topology: 'veth', offload: 'off' }

const cells: Factors[] = [
  { ...replicated, direction: 'send' },
  { ...replicated, direction: 'receive' },
  { ...sharded, direction: 'send' },
  { ...sharded, direction: 'receive' },
  { ...linux, direction: 'send' },
]

test.each(cells)('1,024 connections at once, %j: every byte arrives', async (factors) => {
  const sample = await take({ ...factors, connections })
  expect(faultsOf(sample)).toEqual([])
  expect(sample.deliveries).toEqual([{ unit: 'bytes', sent: moved, received: moved, verified: moved }])
  expect(sample.measures.goodputMbps).toBeGreaterThan(0)
  // Between Linux hosts so little may lie in the peer's kernel before the first byte is taken from it.
  if (factors.strategy === 'linux') return
  expect(sample.measures.jainIndex).toBeGreaterThanOrEqual(1 / connections)
  expect(sample.measures.jainIndex).toBeLessThanOrEqual(1)
})

test('three exchanges in a row of one process: places that are not yet free again are not missed', async () => {
  const cell: Factors = { ...sharded, direction: 'send', connections: 64 }
  for (let round = 0; round < 3; round++) expect(faultsOf(await take(cell))).toEqual([])
})

test('one connection has no index of fairness', async () => {
  const sample = await take({ ...replicated, direction: 'send', connections: 1 })
  expect(sample.measures.jainIndex).toBeNull()
})
