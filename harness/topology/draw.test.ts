import { expect, test } from 'vitest'
import { drawTopology } from './draw.ts'
import { loadTopology } from './load.ts'
import { resolveTopology } from './resolve.ts'

const drawn = async (id: string) => drawTopology(resolveTopology(await loadTopology(id)))

test('two hosts are a line', async () => {
  expect(await drawn('tap')).toBe('stack (our stack, 10.77.0.1) ── tap-move ── peer (Linux, 10.77.0.2)')
})

test('a dumbbell has a line for each link, its bottleneck in the middle', async () => {
  expect((await drawn('dumbbell')).split('\n')).toEqual([
    'stack (our stack, 10.77.0.1) ── tap-port ── left (switch)',
    'rival (Linux, 10.77.0.3)     ── veth ── left (switch)',
    'left (switch)                ── veth, 50 Mbit/s, queue of 40000 B ── right (switch)',
    'right (switch)               ── veth ── peer (Linux, 10.77.0.2)',
    'right (switch)               ── veth ── rival-peer (Linux, 10.77.0.4)',
  ])
})
