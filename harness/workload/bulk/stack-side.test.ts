import { expect, test } from 'vitest'
import { bulkRestMillis } from '../../../stack/sim/index.ts'
import { stackSide as iperf3Side } from '../iperf3/stack-side.ts'
import { stackSide } from './stack-side.ts'

test('predicted and calibrated transfers rest as long as measured ones', () => {
  for (const side of [stackSide, iperf3Side])
    expect(side).toMatchObject({ stackOptions: { coalesceMillis: bulkRestMillis } })
})
