/** An exchange in containers, seen from outside, from inside and by the peer. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { traceInside } from '../../stack/index.ts'
import { readPcap, traceCapture } from '../../stack/trace/index.ts'
import { type Factors, identifyFactors } from '../matrix/factors.ts'
import {
  type Behaviour,
  behaviourFolder,
  behaviourSchema,
  captureName,
  requestsName,
  viewName,
} from '../result/behaviour.ts'
import type { Sampler } from '../runner/sampler.ts'
import { temporaryFolder } from '../testing/fixtures.ts'
import { sampleContext } from '../testing/sample-context.ts'
import { ContainerSampler } from './sampler.ts'

let sampler: Sampler
beforeAll(() => {
  sampler = new ContainerSampler()
})
afterAll(() => sampler.dispose())

const bytes = 4 * 2 ** 20

async function observe(
  factors: Factors,
  direction: 'send' | 'receive',
  isFirst = true,
): Promise<{ folder: string; view: Behaviour | undefined }> {
  const root = await temporaryFolder()
  await mkdir(join(root, 'logs'))
  const logPath = join(root, 'logs', '0.log')
  const id = identifyFactors(factors)
  const workload = {
    kind: 'bulk' as const,
    direction,
    transferBytes: { checksum: bytes },
    warmupBytes: { checksum: 2 ** 20 },
  }
  const context = sampleContext({ workload, isFirst, behaviour: [id], logPath })
  const outcome = await sampler.take({ id, factors }, 0, context)
  if (outcome.status === 'failed') throw new Error(outcome.failure.reason)
  const folder = behaviourFolder(logPath)
  const path = join(folder, viewName)
  if (!existsSync(path)) return { folder, view: undefined }
  return { folder, view: behaviourSchema.parse(JSON.parse(await readFile(path, 'utf8'))) }
}

const sequential: Factors = { strategy: 'sequential', payloadWork: 'checksum', topology: 'tap' }
const replicated: Factors = { ...sequential, strategy: 'replicated', replicas: 2 }

test.each<['send' | 'receive', Factors, number]>([
  ['send', sequential, 1],
  ['send', replicated, 2],
  ['receive', replicated, 2],
  ['receive', sequential, 1],
  ['send', { ...replicated, disturbance: 'kill' }, 2],
])('%s, %j: every byte is in the view, whoever sent it', async (direction, factors, threads) => {
  const { folder, view } = await observe(factors, direction)
  if (view === undefined) throw new Error('there is no view')
  const { outside, inside, peer } = view
  expect(view.threads).toBe(threads)
  expect(outside.sender).toBe(direction === 'send' ? 'stack' : 'peer')
  // A replica that is killed after it sent a frame, and before it noted that, leaves the frame out.
  const lack = bytes - (outside.totals.bytes - outside.totals.retransmittedBytes)
  expect(lack).toBeGreaterThanOrEqual(0)
  expect(lack).toBeLessThanOrEqual(factors.disturbance === 'kill' ? 5 * 1448 : 0)
  const passed = outside.performers.reduce((sum, { segments }) => sum + segments, 0)
  expect(passed).toBe(outside.totals.segments)
  expect(inside?.digestsCompared).toBeGreaterThan(0)
  expect(inside?.rows.length).toBeGreaterThan(10)
  expect(inside?.rows.some(({ congestionWindow }) => congestionWindow > 0)).toBe(true)
  expect(peer.counters['Tcp.InSegs']).toBeGreaterThan(0)
  expect((await stat(join(folder, captureName))).size).toBeLessThan(4 * 2 ** 20)
  // The merged capture tells the same.
  const [connection] = traceCapture(readPcap(join(folder, captureName))).connections
  expect(connection?.ending).not.toBe('none')
  // Whoever applies the requests has the same view.
  const log = join(folder, requestsName)
  const once = traceInside(log)
  for (const replicas of [2, 4]) {
    const again = traceInside(log, { replicas })
    expect(again).toMatchObject({ agrees: true, divergences: 0 })
    expect(again.connections).toEqual(once.connections)
  }
})

test('later samples of a cell are not looked at', async () => {
  expect((await observe(replicated, 'send', false)).view).toBeUndefined()
})
