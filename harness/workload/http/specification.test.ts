import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { http } from './specification.ts'

const stack: Factors = { strategy: 'sequential', payloadWork: 'copy', topology: 'tap', bodyBytes: 1 }

test.each<[Factors, string[]]>([
  [{ ...stack, connections: 64 }, []],
  [{ ...stack, payloadWork: 'cipher' }, ['use checksum or copy']],
  [{ ...stack, connections: 65 }, ['use at most 64 connections']],
])('%j: what cannot be compared or served is refused', (factors, remedies) => {
  const complaints = http.complaintsAbout(
    { kind: 'http', seconds: 1, warmupSeconds: 1 },
    { id: 'cell', factors },
  )
  expect(complaints.map(({ remedy }) => remedy)).toEqual(remedies)
})
