import { expect, test } from 'vitest'
import { makePattern, StreamPattern } from '../../content/stream-pattern.ts'
import { DatagramAccount } from './account.ts'
import { DatagramContent } from './content.ts'

function taking(...numbers: readonly number[]): DatagramAccount {
  const account = new DatagramAccount()
  for (const number of numbers) account.take(number)
  return account
}

test('numbers in order are no more than that, gaps or not', () => {
  const { distinct, duplicated, reordered, damaged, next } = taking(0, 1, 4, 7)
  expect({ distinct, duplicated, reordered, damaged, next }).toEqual({
    distinct: 4,
    duplicated: 0,
    reordered: 0,
    damaged: 0,
    next: 8,
  })
})

test('one below the highest is reordered, every such one (RFC 4737 section 3.3)', () => {
  expect(taking(0, 3, 1, 2, 4)).toMatchObject({ distinct: 5, reordered: 2, next: 5 })
})

test('one that came before is a duplicate, and not reordered', () => {
  expect(taking(0, 1, 0, 1, 1)).toMatchObject({ distinct: 2, duplicated: 3, reordered: 0 })
})

test('numbers may grow beyond what was expected, and are then known like the others', () => {
  const account = taking(70_000, 1_000_000, 70_000, 5)
  expect(account).toMatchObject({ distinct: 3, duplicated: 1, reordered: 1, next: 1_000_001 })
})

test('a datagram without a number that can be is damaged', () => {
  expect(taking(0, -1, 2 ** 31)).toMatchObject({ distinct: 1, damaged: 2 })
})

const content = new DatagramContent(new StreamPattern(makePattern()), 100)

test.each([0, 1, 4711, 2 ** 32 - 1])('datagram %i is known by its content', (number) => {
  expect(content.numberOf(content.of(number))).toBe(number)
})

test('another byte, length or number is not', () => {
  for (let at = 0; at < 100; at++) {
    const bytes = content.of(4711)
    bytes[at] = (bytes[at] as number) ^ 0x10
    expect(content.numberOf(bytes)).toBe(-1)
  }
  expect(content.numberOf(content.of(4711).subarray(0, 99))).toBe(-1)
  expect(content.numberOf(new Uint8Array(2))).toBe(-1)
})
