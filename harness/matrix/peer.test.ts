import { expect, test } from 'vitest'
import { describePeer, isStack, peerSchema, peerStrategy } from './peer.ts'

test('a peer is Linux, or a stack by strategy and number of threads', () => {
  expect(['linux', 'sequential', 'replicated-2', 'locked-3'].map(describePeer)).toEqual([
    'Linux peer',
    'sequential peer',
    'replicated peer N=2',
    'locked peer N=3',
  ])
  expect([undefined, 'linux', 'sequential'].map(isStack)).toEqual([false, false, true])
  expect(peerStrategy('sequential')).toEqual({ kind: 'sequential' })
  expect(peerStrategy('replicated-2')).toEqual({ kind: 'replicated', replicas: 2 })
  expect(peerStrategy('pipelined-2')).toEqual({ kind: 'pipelined', workers: 2 })
})

test.each(['replicated', 'sequential-2', 'replicated-0', 'linux-1', 'cubic'])('%s is none', (peer) => {
  expect(peerSchema.safeParse(peer).success).toBe(false)
})
