import { describe, expect, it } from 'vitest'
import { RegionPlan } from '../memory/region.ts'
import { initialiseMailbox, Mailbox, planMailbox } from './mailbox.ts'

function open(first: number) {
  const plan = new RegionPlan()
  const layout = planMailbox(plan, 4)
  const region = plan.allocate()
  initialiseMailbox(region, layout, first)
  const receiver = new Mailbox(region, layout)
  const take = () => {
    const at = receiver.peek()
    if (at < 0) return undefined
    const record = Array.from(region.words.subarray(at, at + 5))
    receiver.advance()
    return record
  }
  return { sender: new Mailbox(region, layout), receiver, take, words: region.words }
}

describe.each([0, -2, 0x7ffffffe])('a mailbox whose positions start at %i', (first) => {
  it('hands records over in order, through several laps', () => {
    const { sender, take } = open(first)
    for (let k = 0; k < 13; k++) {
      expect(sender.tryPost(k, k + 1, k + 2, k + 3, k + 4)).toBe(true)
      expect(take()).toEqual([k, k + 1, k + 2, k + 3, k + 4])
      expect(take()).toBeUndefined()
    }
  })

  it('refuses a record when it is full, until one was taken', () => {
    const { sender, receiver, take } = open(first)
    for (let k = 0; k < 4; k++) sender.tryPost(k)
    expect(sender.tryPost(4)).toBe(false)
    expect(receiver.size).toBe(4)
    expect(take()?.[0]).toBe(0)
    expect(sender.tryPost(5)).toBe(true)
    expect([1, 2, 3, 4].map(() => take()?.[0])).toEqual([1, 2, 3, 5])
    expect(receiver.size).toBe(0)
  })

  it('shows an opened record only once it is posted, and overwrites what an earlier one left', () => {
    const { sender, take, words } = open(first)
    for (let k = 0; k < 4; k++) sender.tryPost(9, 9, 9, 9, 9)
    for (let k = 0; k < 4; k++) take()
    words[sender.tryOpen()] = 7
    expect(take()).toBeUndefined()
    sender.post()
    expect(take()?.[0]).toBe(7)
    sender.tryPost(1)
    expect(take()).toEqual([1, 0, 0, 0, 0])
  })
})
