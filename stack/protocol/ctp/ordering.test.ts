import { describe, expect, it } from 'vitest'
import { MessageHost, told, window } from '../testing/message-host.ts'
import type { MicroprotocolName } from './composition.ts'

const ordered = (more: readonly MicroprotocolName[] = []) =>
  new MessageHost(['numbering', 'ordering', ...more])
const reorderingFloorMicros = 1000

describe('ordering', () => {
  it('tells of a message that comes early when its turn has come', () => {
    const host = ordered()
    expect(told(host.hear(0))).toEqual([0])
    expect(host.hear(2)).toMatchObject([{ action: 'datagram delivery', upcall: 'messageHeld' }])
    expect(told(host.hear(3))).toEqual([])
    expect(told(host.hear(1))).toEqual([1, 2, 3])
  })

  it('gives up a gap that is not filled in time, and drops what comes for it later', () => {
    const host = ordered()
    host.hear(1)
    expect(told(host.passes(reorderingFloorMicros - 1))).toEqual([])
    expect(told(host.passes(1))).toEqual([1])
    expect(told(host.hear(0))).toEqual([])
    expect(host.host.counters).toMatchObject({ messagesMissing: 1, messagesDuplicate: 1 })
  })

  it('gives each gap its time', () => {
    const host = ordered()
    host.hear(1)
    host.passes(600)
    host.hear(3)
    expect(told(host.hear(0))).toEqual([0, 1])
    expect(told(host.passes(999))).toEqual([])
    expect(told(host.passes(1))).toEqual([3])
  })

  it('never gives up a gap that reliability will fill', () => {
    const host = ordered(['reliability'])
    host.hear(1)
    expect(told(host.passes(10_000_000))).toEqual([])
    expect(told(host.hear(0))).toEqual([0, 1])
  })

  it('goes on far ahead once nobody waits for what is in the buffer', () => {
    const host = ordered()
    host.hear(0)
    expect(host.hear(1000)).toEqual([])
    expect(host.host.counters.messagesDropped).toBe(1)
    host.read(1)
    expect(told(host.hear(1000))).toEqual([1000])
    expect(host.host.counters.messagesMissing).toBe(999)
  })

  it('gives up a gap at once when the buffer is full of what waits for it', () => {
    const host = ordered()
    for (let number = 1; number < window; number += 1) host.hear(number)
    expect(told(host.hear(window))).toEqual(Array.from({ length: window - 1 }, (_, k) => k + 1))
    expect(host.host.counters).toMatchObject({ messagesMissing: 1, messagesDropped: 1 })
    expect(told(host.passes(100_000))).toEqual([])
    host.read(window)
    expect(told(host.hear(window))).toEqual([window])
  })

  it('tells of a whole window though the action queue holds less', () => {
    const host = ordered(['reliability'])
    for (let number = window - 1; number > 0; number -= 1) host.hear(number)
    const all = Array.from({ length: window }, (_, number) => number)
    expect(told(host.hear(0))).toEqual(all)
  })

  it('gives up no gap late after a long stop of the process', () => {
    const host = ordered()
    host.hear(1)
    host.host.now += 2 ** 31 + 5000
    expect(told(host.host.tick())).toEqual([1])
  })
})
