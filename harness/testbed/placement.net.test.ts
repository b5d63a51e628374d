import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { Factors } from '../matrix/factors.ts'
import { faultsOf } from '../result/validity.ts'
import { containerSamples } from '../testing/container-samples.ts'

const bytes = { checksum: 4 * 2 ** 20 }
const transfer = containerSamples({
  kind: 'bulk',
  direction: 'send',
  transferBytes: bytes,
  warmupBytes: bytes,
})

const stack = { payloadWork: 'checksum', topology: 'tap' } as const
const cores = availableParallelism()
const all = cores === 1 ? '0' : `0-${cores - 1}`

const cells: [Factors, string[]][] = [
  [{ ...stack, strategy: 'sequential', placement: 'together' }, ['0']],
  [{ ...stack, strategy: 'replicated', replicas: 2, placement: 'apart' }, ['0', '1']],
  [{ ...stack, strategy: 'replicated', replicas: 3, placement: 'doubled' }, ['0', '0', '1']],
  [{ ...stack, strategy: 'replicated', replicas: 2, placement: 'free' }, [all, all]],
  [{ ...stack, strategy: 'pipelined', replicas: 3, placement: 'doubled' }, ['0', '0', '1']],
]

describe('threads of a stack run where they are placed, by the kernel’s own account', () => {
  test.each(cells)('%j: %j', async (factors, processors) => {
    const sample = await transfer(factors)
    expect(faultsOf(sample)).toEqual([])
    expect(sample.processors).toEqual(processors)
  })
})

test('where nobody asked, nothing is pinned, and nothing said', async () => {
  const sample = await transfer({ ...stack, strategy: 'sequential' })
  expect(sample.processors).toBeUndefined()
})

test('replicas that take the place of killed ones are pinned, too', async () => {
  const sample = await transfer({
    ...stack,
    strategy: 'replicated',
    replicas: 2,
    placement: 'apart',
    disturbance: 'kill',
  })
  expect(sample.disturbed?.events.length).toBeGreaterThan(0)
  expect(sample.processors).toEqual(['0', '1'])
})
