import { expect, test } from 'vitest'
import { changed, refusal } from './testing/refusal.ts'

/** Verdicts that an experiment cannot have. */
const mistakes: readonly (readonly [name: string, files: Record<string, unknown>, ...said: string[]])[] = [
  [
    'a verdict on a measure that the workload does not have',
    changed({ verdict: { kind: 'flat', measure: 'requestNanos', along: ['replicas'], times: 2 } }),
    'small.ts: verdict.measure: workload "bulk" does not measure requestNanos (its measures are goodputMbps,',
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
