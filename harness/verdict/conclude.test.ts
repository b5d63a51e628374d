import { expect, test } from 'vitest'
import { conclude, type Finding } from './conclude.ts'

const [yes, unclear, no] = ['as claimed', 'unclear', 'otherwise'] as const
const tooSmall = 'Too small a machine.'

test.each<[readonly Finding[], some: string, every: string]>([
  [[], 'cannot tell here', 'cannot tell here'],
  [[yes, yes], 'reproduced', 'reproduced'],
  [[yes, unclear], 'partly', 'cannot tell here'],
  [[yes, no], 'partly', 'partly'],
  [[yes, unclear, no], 'partly', 'partly'],
  [[unclear, no], 'cannot tell here', 'cannot tell here'],
  [[no, no], 'not reproduced', 'not reproduced'],
])('%j: %s, and as a claim on every cell: %s', (findings, some, every) => {
  expect(conclude(findings, ['why']).verdict).toBe(some)
  expect(conclude(findings, ['why'], { isOnEvery: true }).verdict).toBe(every)
})

test('a machine that cannot refute the claim says so, and only then', () => {
  const small = { cannotRefute: tooSmall }
  expect(conclude([no], ['why'], small)).toEqual({ verdict: 'cannot tell here', reasons: ['why', tooSmall] })
  expect(conclude([yes], ['why'], small)).toEqual({ verdict: 'reproduced', reasons: ['why'] })
})

test('samples that failed leave a claim on every cell open, and do not save it', () => {
  const lacking = { isOnEvery: true, failed: 1 } as const
  expect(conclude([yes], [], lacking).verdict).toBe('cannot tell here')
  expect(conclude([no], [], lacking).verdict).toBe('not reproduced')
})
