import { describe, expect, it } from 'vitest'
import { MessageHost, window } from '../testing/message-host.ts'

const deliveries = (host: MessageHost, numbers: readonly number[]): number[] =>
  numbers.filter((number) => host.hear(number).length > 0)

describe('numbering', () => {
  it('numbers what is sent', () => {
    expect(new MessageHost(['numbering']).send(3)).toEqual([0, 1, 2])
  })

  it('passes on what comes in any order, once', () => {
    const host = new MessageHost(['numbering'])
    expect(deliveries(host, [0, 2, 1, 2, 0, 3])).toEqual([0, 2, 1, 3])
    expect(host.host.counters.messagesDuplicate).toBe(2)
    expect(host.composite).toMatchObject({ receiveNext: 4, held: 0 })
  })

  it('gives up what is a window behind, and counts it', () => {
    const host = new MessageHost(['numbering'])
    host.hear(1)
    host.hear(2)
    expect(deliveries(host, [window])).toEqual([window])
    expect(host.host.counters.messagesMissing).toBe(1)
    expect(host.composite).toMatchObject({ receiveNext: 3, held: 1 })
    expect(deliveries(host, [0])).toEqual([])
  })

  it('goes on after any gap, forwards', () => {
    const host = new MessageHost(['numbering'])
    host.hear(0)
    expect(deliveries(host, [1_000_000, 5])).toEqual([1_000_000])
    expect(host.host.counters.messagesMissing).toBe(1_000_000 - window)
    expect(deliveries(host, [1_000_000 - 1, 1_000_001])).toEqual([999_999, 1_000_001])
  })

  it('drops what finds no room, and counts it', () => {
    const host = new MessageHost(['numbering'])
    for (let number = 0; number < window; number += 1) host.hear(number)
    expect(deliveries(host, [window])).toEqual([])
    expect(host.host.counters.messagesDropped).toBe(1)
    host.read(1)
    expect(deliveries(host, [window])).toEqual([window])
  })
})

describe('a composite of nothing', () => {
  it('sends and passes on whatever comes, duplicates, too', () => {
    const host = new MessageHost([])
    host.send(3)
    expect(deliveries(host, [0, 0, 0])).toHaveLength(3)
    expect(host.host.counters).toMatchObject({ messagesOut: 3, messagesIn: 3, messagesDuplicate: 0 })
  })

  it('drops what finds no room, and counts it', () => {
    const host = new MessageHost([])
    for (let count = 0; count < window + 2; count += 1) host.hear(0)
    expect(host.host.counters).toMatchObject({ messagesIn: window, messagesDropped: 2 })
  })
})
