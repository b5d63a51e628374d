import { describe, expect, it } from 'vitest'
import { RegionPlan } from '../memory/region.ts'
import { planSignal, Signal } from '../memory/signal.ts'
import { initialiseOutbox, OutboxReader, OutboxWriter, outboxFieldWords, planOutbox } from './outbox.ts'

function open(first: number) {
  const plan = new RegionPlan()
  const layout = planOutbox(plan, 4)
  const freed = planSignal(plan)
  const region = plan.allocate()
  initialiseOutbox(region, layout, first)
  const reader = new OutboxReader(region, layout, new Signal(region, freed))
  const writers = [new OutboxWriter(region, layout), new OutboxWriter(region, layout)] as const
  const put = (writer: OutboxWriter, number: number) => {
    const at = writer.tryPut(number)
    if (at < 0) return false
    for (let k = 0; k < outboxFieldWords; k++) region.words[at + k] = number ^ k
    writer.commit(number)
    return true
  }
  const read = () => {
    const at = reader.peek()
    if (at < 0) return undefined
    const number = region.words[at] as number
    for (let k = 0; k < outboxFieldWords; k++) expect(region.words[at + k]).toBe(number ^ k)
    reader.advance()
    return number
  }
  return { reader, writers, put, read, freed: new Signal(region, freed) }
}

describe.each([0, -2, 0x7ffffffe])('an outbox whose numbers start at %i', (first) => {
  const number = (k: number) => (first + k) | 0

  it('shows a record only when all before it were committed', () => {
    const { writers, put, read } = open(first)
    const [a, b] = writers
    put(b, number(1))
    put(b, number(2))
    expect(read()).toBeUndefined()
    put(a, number(0))
    expect([read(), read(), read(), read()]).toEqual([number(0), number(1), number(2), undefined])
  })

  it('does not show a record that was put and not committed', () => {
    const { writers, read } = open(first)
    expect(writers[0].tryPut(number(0))).toBeGreaterThan(0)
    expect(read()).toBeUndefined()
  })

  it('has no room for a number a whole ring ahead of the reader, until it was read', () => {
    const { writers, put, read } = open(first)
    for (let k = 0; k < 4; k++) expect(put(writers[0], number(k))).toBe(true)
    expect(put(writers[1], number(4))).toBe(false)
    expect(read()).toBe(number(0))
    expect(put(writers[1], number(4))).toBe(true)
    expect(put(writers[0], number(5))).toBe(false)
  })

  it('keeps the order through several laps', () => {
    const { writers, put, read } = open(first)
    for (let k = 0; k < 14; k += 2) {
      put(writers[1], number(k + 1))
      put(writers[0], number(k))
      expect([read(), read()]).toEqual([number(k), number(k + 1)])
    }
  })

  it('tells a reader that waits of a commit, and a writer that waits of room', () => {
    const { reader, writers, put, read, freed } = open(first)
    const filledToken = reader.filled.prepare()
    const freedToken = freed.prepare()
    put(writers[0], number(0))
    expect(reader.filled.wait(filledToken, 0)).toBe(true)
    expect(freed.wait(freedToken, 0)).toBe(false)
    read()
    expect(freed.wait(freedToken, 0)).toBe(true)
  })
})
