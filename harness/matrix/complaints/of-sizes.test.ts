import { expect, test } from 'vitest'
import { smallDefinition } from '../../testing/fixtures.ts'
import { expand } from '../expand.ts'
import { complaintsAboutSizes } from './of-sizes.ts'

test('more bytes for offloads are refused where no cell has offloads', () => {
  const experiment = expand(smallDefinition)
  const workload = { ...experiment.workload, offloadTimes: 4 } as typeof experiment.workload
  const without = experiment.cells.filter(({ factors }) => factors.offload === undefined)
  expect(complaintsAboutSizes(experiment)).toEqual([])
  expect(complaintsAboutSizes({ ...experiment, workload })).toEqual([])
  expect(complaintsAboutSizes({ workload, cells: without }).map(({ path }) => path)).toEqual([
    ['workload', 'offloadTimes'],
  ])
})
