import { expect, test } from 'vitest'
import { type Measuring, measure, namesOf } from './measuring.ts'

const measuring: Measuring<{ bytes: number }> = {
  goodputMbps: ({ bytes }) => bytes / 2,
  retransmits: () => null,
}

test('a table of measures names them, the one that cells are compared by first', () => {
  expect(namesOf(measuring)).toEqual(['goodputMbps', 'retransmits'])
})

test('and computes each from the facts of a sample', () => {
  expect(measure(measuring, { bytes: 8 })).toEqual({ goodputMbps: 4, retransmits: null })
})

test.each([{}, { retransmits: () => 0, goodputMbps: () => 1 }])(
  'one without a rate in front is refused',
  (wrong) => {
    expect(() => namesOf(wrong)).toThrow('no rate')
  },
)
