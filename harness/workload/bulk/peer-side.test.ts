import { expect, it } from 'vitest'
import { parsePairs } from '../../topology/describe-peer.ts'
import { endpointArguments } from './peer-side.ts'

it('turns options into arguments, leaving out what has a default', () => {
  const options = { meet: { listen: 5001 }, content: { pattern: '/shared/pattern' }, warmupBytes: 0 }
  expect(endpointArguments(options).join(' ')).toBe('--listen 5001 --pattern /shared/pattern --warmup 0')
  const all = {
    meet: { connect: '10.77.0.1:80' },
    content: { file: '/shared/stream' },
    warmupBytes: 10,
    connections: 4,
    chunkBytes: 1448,
    timeoutSeconds: 5,
    bufferBytes: 65536,
  }
  expect(endpointArguments(all).join(' ')).toBe(
    '--connect 10.77.0.1:80 --connections 4 --timeout 5 --buffer 65536 --file /shared/stream --warmup 10 --chunk 1448',
  )
})

it('reads settings, evening out white space', () => {
  expect(parsePairs('ipv4/tcp_rmem:4096\t131072\t33554432\nempty:\nnoise\n', ':')).toEqual({
    'ipv4/tcp_rmem': '4096 131072 33554432',
  })
})
