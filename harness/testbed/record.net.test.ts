/** The first sample of a replicated cell, recorded, and replayed by the command line. */
import { execFile } from 'node:child_process'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Factors, identifyFactors } from '../matrix/factors.ts'
import type { Sampler } from '../runner/sampler.ts'
import { temporaryFolder } from '../testing/fixtures.ts'
import { sampleContext } from '../testing/sample-context.ts'
import { recordingsIn } from './recording.ts'
import { ContainerSampler } from './sampler.ts'

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
const replay = (...argv: string[]) => promisify(execFile)(process.execPath, [main, 'replay', ...argv])
const bytes = 8 * 2 ** 20

let sampler: Sampler

beforeAll(() => {
  sampler = new ContainerSampler({ record: true })
})

afterAll(() => sampler.dispose())

/** Takes a sample with its log in a new run's folder, and returns the recordings there. */
async function recordings(
  factors: Factors,
  direction: 'send' | 'receive',
  isFirst: boolean,
): Promise<{ logs: string[]; lines: string[] }> {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'logs', 'cell'), { recursive: true })
  const lines: string[] = []
  const context = sampleContext({
    workload: {
      kind: 'bulk',
      direction,
      transferBytes: { checksum: bytes },
      warmupBytes: { checksum: 2 ** 20 },
    },
    isFirst,
    logPath: join(folder, 'logs', 'cell', '0.log'),
    log: (line) => lines.push(line),
  })
  const outcome = await sampler.take({ id: identifyFactors(factors), factors }, 0, context)
  if (outcome.status === 'failed') throw new Error(outcome.failure.reason)
  expect(outcome.measurement).toMatchObject({
    deliveries: [{ unit: 'bytes', verified: bytes + bytes / 8 }],
    divergences: 0,
  })
  return { logs: await recordingsIn(folder), lines }
}

const cell: Factors = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' }

test.each<['send' | 'receive', Factors]>([
  ['send', cell],
  ['receive', { ...cell, emission: 'ordered' }],
  ['send', { ...cell, disturbance: 'kill' }],
])('%s, %j: the log replays to the same digests, at any number of replicas', async (direction, factors) => {
  const { logs, lines } = await recordings(factors, direction, true)
  expect(logs).toHaveLength(1)
  const [log] = logs as [string]
  expect(log).toMatch(/\/logs\/cell\/0\.log\.channel$/)
  expect(lines).toContain(`recorded: make replay LOG=${log}`)
  // About 6000 segments with at most one ACK each; most ACKs are superseded by the next one.
  expect((await stat(log)).size).toBeLessThan(4 * 2 ** 20)
  const { stdout } = await replay(log, '--replicas', '1,2,3')
  const runs = [...stdout.matchAll(/^N = (\d): (\d+) requests, (\d+) digests compared, 0 divergences/gm)]
  const [first] = runs.map(([, , requests, digests]) => [Number(requests), Number(digests)])
  const [requests = 0, digests = 0] = first ?? []
  expect(requests).toBeGreaterThan(100)
  expect(digests).toBeGreaterThan(1)
  expect(runs.map(([, ...numbers]) => numbers.map(Number))).toEqual(
    [1, 2, 3].map((replicas) => [replicas, requests, replicas * digests]),
  )
  // A note would say that the log has no end.
  expect(stdout).not.toContain('Note')
})

test('what is not the first sample, or has no replicas, leaves no log', async () => {
  expect((await recordings(cell, 'send', false)).logs).toEqual([])
  const sequential: Factors = { strategy: 'sequential', payloadWork: 'checksum', topology: 'tap' }
  expect((await recordings(sequential, 'send', true)).logs).toEqual([])
})
