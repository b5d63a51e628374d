import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Factors, identifyFactors } from '../matrix/factors.ts'
import type { Measurement } from '../result/sample.ts'
import type { SampleContext, SampleExecutor } from '../runner/executor.ts'
import { createExecutor } from './index.ts'

const mebibyte = 2 ** 20

let executor: SampleExecutor
let folder: string
const logged: string[] = []

beforeAll(async () => {
  executor = await createExecutor()
  folder = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
})

afterAll(async () => {
  await executor.dispose()
  await rm(folder, { recursive: true, force: true })
})

async function transfer(factors: Factors, traffic: 'send' | 'receive', round = 0): Promise<Measurement> {
  logged.length = 0
  const context = {
    signal: new AbortController().signal,
    log: (line: string) => logged.push(line),
    recordCommand: () => {},
    experiment: { id: `tcp-${traffic}`, traffic, rounds: { full: 21, quick: 3 } },
    transferBytes: 8 * mebibyte,
    warmupBytes: mebibyte,
    isLast: true,
    seed: 1,
    logPath: join(folder, 'log'),
  } as unknown as SampleContext
  const outcome = await executor.execute({ id: identifyFactors(factors), factors }, round, context)
  if (outcome.status === 'failed') throw new Error(outcome.failure.reason)
  return outcome.measurement
}

const stackCells: Factors[] = [
  { strategy: 'sequential', payloadWork: 'checksum', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'cipher', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap-bridge' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', reader: 'per-queue', topology: 'tap' },
]

describe.each(['send', 'receive'] as const)('one connection with an unmodified Linux peer, %s', (traffic) => {
  test.each(stackCells)('%j: every byte arrives', async (factors) => {
    const sample = await transfer(factors, traffic)
    expect(sample.bytesSent).toBe(9 * mebibyte)
    expect(sample.bytesReceived).toBe(9 * mebibyte)
    expect(sample.bytesVerified).toBe(9 * mebibyte)
    expect(sample.divergences).toBe(0)
    if (factors.strategy === 'replicated') expect(sample.digestsCompared).toBeGreaterThan(0)
  })

  test('between two Linux hosts, the reference', async () => {
    const sample = await transfer({ strategy: 'linux', topology: 'veth', offload: 'off' }, traffic)
    expect(sample.bytesVerified).toBe(9 * mebibyte)
  })
})

test('a process is warmed once, and is a new one after five rounds', async () => {
  const cell: Factors = { strategy: 'locked', replicas: 1, payloadWork: 'checksum', topology: 'tap' }
  const warmed: boolean[] = []
  for (const round of [0, 4, 5, 6]) {
    await transfer(cell, 'send', round)
    warmed.push(logged.includes('warming up'))
  }
  expect(warmed).toEqual([true, false, true, false])
})
