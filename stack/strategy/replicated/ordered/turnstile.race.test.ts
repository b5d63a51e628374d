import { expect, test } from 'vitest'
import { RegionPlan } from '../../../dominoes/memory/region.ts'
import { planSignal } from '../../../dominoes/memory/signal.ts'
import { runWorkers } from '../../../dominoes/testing/workers.ts'
import type { TurnstileWorkerData } from '../../perform/testing/turnstile.worker.ts'
import { initialiseTurnstile, planTurnstile } from './turnstile.ts'

const worker = new URL('../../perform/testing/turnstile.worker.ts', import.meta.url).href
const first = -1000

test.each([
  { threads: 2, bufferCount: 64, runLengths: [1] },
  { threads: 2, bufferCount: 64, runLengths: [16, 1, 7, 2, 9] },
  { threads: 2, bufferCount: 2, runLengths: [1, 2, 5] },
  { threads: 4, bufferCount: 8, runLengths: [8, 3] },
])(
  '$threads threads, $bufferCount buffers each, runs of $runLengths: frames leave in order',
  async (shape) => {
    const { threads, bufferCount, runLengths } = shape
    const runs = 60_000
    const frames = (runs / runLengths.length) * runLengths.reduce((sum, length) => sum + length)
    const plan = new RegionPlan()
    const layout = planTurnstile(plan, 128)
    const signalWord = planSignal(plan)
    const claimWord = plan.reserve(4) / 4
    const buffersAt = plan.reserve(threads * bufferCount * 4)
    const countersAt = plan.reserve(threads * 128) / 4
    const resultWord = plan.reserve((1 + frames) * 4) / 4
    const region = plan.allocate()
    initialiseTurnstile(region, layout, first)
    const { buffer, words } = region
    const datas = Array.from(
      { length: threads },
      (_, thread): TurnstileWorkerData => ({
        buffer,
        layout,
        signalWord,
        claimWord,
        buffersAt: buffersAt + thread * bufferCount * 4,
        bufferCount,
        countersAt: countersAt + thread * 32,
        resultWord,
        first,
        runs,
        runLengths,
      }),
    )
    await runWorkers(worker, datas)
    expect(words[resultWord]).toBe(frames)
    const left = words.subarray(resultWord + 1, resultWord + 1 + frames)
    expect(left.findIndex((frame, k) => frame !== ((first + k) | 0))).toBe(-1)
  },
)
