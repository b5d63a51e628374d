import { expect, test } from 'vitest'
import { fakeRun, measuring } from '../testing/fake-run.ts'
import { gainsByRound, ratesByRound } from './gains.ts'

const cells = ['replicated-n2-cipher-tap', 'sequential-cipher-tap'] as const

/** Two replicas take half the processor time and have twice the goodput. Each round is slower than the one before. */
const { samples } = fakeRun({
  sample: (sample) => {
    const share = sample.factors.replicas === 2 ? 2 : 1
    const goodputMbps = (100 * share) / (sample.round + 1)
    return measuring(sample, { goodputMbps, stackSecondsPerGigabyte: (sample.round + 1) / share })
  },
})

test('above 1 is better, whether more of it is better or less', () => {
  const sevenTimes = (gain: number) => Array(7).fill(gain)
  expect(gainsByRound('goodputMbps', ...cells, samples)).toEqual(sevenTimes(2))
  expect(gainsByRound('stackSecondsPerGigabyte', ...cells, samples)).toEqual(sevenTimes(2))
})

test('a round that did not observe it, or whose bytes were wrong, has none', () => {
  const run = fakeRun({
    sample: (sample) => {
      if (sample.round === 0) return measuring(sample, { peerSecondsPerGigabyte: null })
      return sample.round === 1 ? { ...sample, divergences: 1 } : sample
    },
  })
  const rounds = [...ratesByRound('peerSecondsPerGigabyte', cells[0], run.samples).keys()]
  expect(rounds.sort()).toEqual([2, 3, 4, 5, 6])
})
