import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { iperf3 } from './specification.ts'

const bytes = { checksum: 1000, copy: 1000, cipher: 1000, linux: 1000 }
const settings = { kind: 'iperf3', transferBytes: bytes, warmupBytes: bytes } as const
const stack: Factors = { strategy: 'sequential', payloadWork: 'checksum', topology: 'tap', direction: 'send' }
const linux: Factors = { strategy: 'linux', topology: 'veth', direction: 'send' }

test.each<[Factors, string[]]>([
  [{ ...stack, connections: 4 }, []],
  [{ ...stack, payloadWork: 'cipher' }, ['use checksum or copy']],
  [{ ...stack, connections: 65 }, ['use at most 64 connections']],
  [linux, []],
  [{ ...linux, connections: 2 }, ['leave out its connections']],
])('%j: what cannot be compared or served is refused', (factors, remedies) => {
  const complaints = iperf3.complaintsAbout(settings, { id: 'cell', factors })
  expect(complaints.map(({ remedy }) => remedy)).toEqual(remedies)
})
