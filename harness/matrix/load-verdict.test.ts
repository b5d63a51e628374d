import { expect, test } from 'vitest'
import { changed, refusal } from './testing/refusal.ts'

const reordering = {
  workload: {
    kind: 'reordering',
    transferBytes: { checksum: 1_000_000, cipher: 500_000, linux: 2_000_000 },
    warmupBytes: { checksum: 1000, cipher: 1000, linux: 1000 },
  },
}

/** Verdicts that an experiment cannot have. */
const mistakes: readonly (readonly [name: string, files: Record<string, unknown>, ...said: string[]])[] = [
  [
    'a verdict on a measure that the workload does not have',
    changed({ verdict: { kind: 'flat', measure: 'requestNanos', along: ['replicas'], times: 2 } }),
    'small.ts: verdict.measure: workload "bulk" does not measure requestNanos (its measures are goodputMbps,',
  ],
  [
    'a range of a measure that the workload does not have',
    changed({ verdict: { kind: 'measure-range', measure: 'shareOfLink', low: 0, high: 1 } }),
    'small.ts: verdict.measure: workload "bulk" does not measure shareOfLink (its measures are goodputMbps,',
  ],
  [
    'a range where no cell is',
    changed({
      verdict: {
        kind: 'measure-range',
        measure: 'goodputMbps',
        low: 0,
        high: 1,
        where: { replicas: [7], strategy: ['replicated'] },
      },
    }),
    'small.ts: verdict.where: no cell of our stack has these values (list values that cells have, or leave it out)',
  ],
  [
    'a sum that is to be flat',
    changed({ verdict: { kind: 'flat', measure: 'retransmits', along: ['replicas'], times: 2 } }),
    'small.ts: verdict.measure: retransmits is a sum, which grows with the samples of a cell (use one of goodputMbps,',
  ],
  [
    'a distribution that is to be flat',
    changed({
      ...reordering,
      verdict: { kind: 'flat', measure: 'reorderingExtent', along: ['replicas'], times: 2 },
    }),
    'small.ts: verdict.measure: reorderingExtent is a distribution, and no number (use one of goodputMbps, reorderedPercent,',
  ],
  [
    'a limit of a distribution',
    changed({
      ...reordering,
      verdict: { kind: 'at-most', measure: 'reorderingExtent', limit: 3, over: 'goodputMbps' },
    }),
    'small.ts: verdict.measure: reorderingExtent is a distribution, and no number (use one of goodputMbps,',
  ],
  [
    'a limit over a distribution',
    changed({
      ...reordering,
      verdict: { kind: 'at-most', measure: 'goodputMbps', limit: 3, over: 'reorderingExtent' },
    }),
    'small.ts: verdict.over: reorderingExtent is a distribution, and no number (use one of goodputMbps,',
  ],
  ...(
    [
      [{ kind: 'speedup-range', low: 1, high: 4, refutableFromCores: 3 }, 'single-replica', 'sequential'],
      [{ kind: 'model', tolerance: 0.1 }, 'single-replica', 'sequential'],
      [{ kind: 'replicated-work', tolerance: 0.1, refutableFromCores: 3 }, 'sequential', 'single-replica'],
    ] as const
  ).map(
    ([verdict, given, missing]) =>
      [
        `a verdict of kind ${verdict.kind} without its baseline`,
        changed({ verdict, baselines: [given] }),
        `small.ts: baselines: "${verdict.kind}" judges speed-ups over "${missing}" (add "${missing}", or choose another verdict)`,
      ] as const,
  ),
  [
    'a lock-model without the cell that its costs are from',
    changed({
      workload: { kind: 'model', requests: 1000, warmupRequests: 1000 },
      cells: [{ strategy: ['replicated', 'locked'], replicas: [1, 2], workRatio: [0.5] }],
      baselines: ['single-replica'],
      verdict: { kind: 'lock-model', margin: 0.05 },
    }),
    'small.ts: baselines: "lock-model" takes its costs from "sequential" (add "sequential", or choose another verdict)',
  ],
  [
    'a cost that the run would end too early for',
    changed({
      verdict: { kind: 'cost', factor: 'payloadWork', of: 'cipher', over: 'checksum', atMost: 0.03 },
      rounds: { full: 100, quick: 1, target: 0.02 },
    }),
    'small.ts: rounds.target: 0.02 is more than half of the cost of 0.03, so a run would end before its intervals can decide (give at most 0.015)',
  ],
  [
    'a cost with the target that is usual',
    changed({
      verdict: { kind: 'cost', factor: 'payloadWork', of: 'cipher', over: 'checksum', atMost: 0.03 },
    }),
    'small.ts: rounds.target: 0.05 is more than half of the cost of 0.03',
  ],
  [
    'a cost that no cell pays',
    changed({ verdict: { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 } }),
    'small.ts: verdict.of: no cell has digests "on" (list cells with digests "on" and "off", equal in everything else)',
  ],
  [
    'a cost without a counterpart',
    changed({ verdict: { kind: 'cost', factor: 'payloadWork', of: 'cipher', over: 'copy', atMost: 0.03 } }),
    'small.ts: verdict.over: cell "sequential-cipher-tap" has no counterpart with payloadWork "copy"',
  ],
  [
    'a trend along a value that no cell has',
    changed({
      verdict: {
        kind: 'trend',
        factor: 'payloadWork',
        along: ['none', 'cipher'],
        speedup: 'rises',
        refutableFromCores: 3,
      },
    }),
    'small.ts: verdict.along: no cell beside the sequential ones has payloadWork "none"',
  ],
  [
    'a contrast without a bound',
    changed({ verdict: { kind: 'contrast', factor: 'payloadWork', of: 'cipher', over: 'checksum' } }),
    'small.ts: verdict: has neither atLeast nor atMost',
  ],
  [
    'a contrast where no cell is',
    changed({
      verdict: {
        kind: 'contrast',
        factor: 'payloadWork',
        of: 'cipher',
        over: 'checksum',
        where: { replicas: [7] },
        atMost: 1,
      },
    }),
    'small.ts: verdict.of: no cell has payloadWork "cipher"',
  ],
  [
    'a contrast without a counterpart',
    changed({ verdict: { kind: 'contrast', factor: 'replicas', of: 2, over: 3, atMost: 1 } }),
    'small.ts: verdict.over: cell "replicated-n2-checksum-tap" has no counterpart with replicas "3"',
  ],
  [
    'a verdict on predictions that nobody makes',
    changed({ verdict: { kind: 'prediction', median: 0.1, worst: 0.2 } }),
    'small.ts: predictions: missing, though the verdict is on predictions',
  ],
]

for (const [name, files, ...said] of mistakes) {
  test(`${name} is refused, naming file, field and remedy`, async () => {
    const error = await refusal(files)
    for (const words of said) expect(error.reason).toContain(words)
    expect(error.remedy).not.toBe('')
  })
}
