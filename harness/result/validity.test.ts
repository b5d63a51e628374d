import { expect, test } from 'vitest'
import { isPeerSaturated } from './validity.ts'

const interference = {
  windowMicros: 1e6,
  foreignMicros: 0,
  foreignName: '',
  stolenMicros: 0,
  throttled: null,
}

test('a peer that was busy all the time is told of, unless it is a stack with several threads', () => {
  const busy = { cpuMicros: { stack: 1e6, peer: 0.96e6 }, interference }
  expect(isPeerSaturated(busy)).toBe(true)
  expect(isPeerSaturated({ ...busy, cpuMicros: { stack: 1e6, peer: 0.9e6 } })).toBe(false)
  const peerStack = { divergences: 0, digestsCompared: 1, perReplica: [] }
  expect(isPeerSaturated({ ...busy, peerStack })).toBeNull()
})
