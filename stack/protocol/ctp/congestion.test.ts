import { describe, expect, it } from 'vitest'
import { leaving, MessageHost } from '../testing/message-host.ts'

const controlled = () => new MessageHost(['numbering', 'reliability', 'congestion'])

/** A host that has sent ten messages, and waits for more to be allowed. */
function begun(): MessageHost {
  const host = controlled()
  expect(host.send(100)).toHaveLength(10)
  host.passes(1000)
  return host
}

describe('congestion control', () => {
  it('lets two messages leave for each that is acknowledged, in slow start', () => {
    const host = begun()
    expect(leaving(host.hearAcknowledgment(4))).toHaveLength(8)
    expect(host.composite.windowMessages).toBe(14)
  })

  it('halves the window once for all losses of a window', () => {
    const host = begun()
    host.hearAcknowledgment(10)
    expect(host.composite).toMatchObject({ windowMessages: 20, inFlight: 20 })
    host.passes(900)
    host.hearAcknowledgment(10, [14])
    host.passes(10)
    // 15 of the window are lost; those that left in its place are not.
    host.hearAcknowledgment(10, [14, 30])
    const lost = leaving(host.passes(3000))
    expect(lost.length).toBeGreaterThan(0)
    const { windowMessages, thresholdMessages } = host.composite
    expect(windowMessages).toBe(thresholdMessages)
    host.passes(2000)
    expect(host.composite.windowMessages).toBe(windowMessages)
  })

  it('grows by one message a window after a loss', () => {
    const host = begun()
    host.passes(1_000_000)
    expect(host.composite).toMatchObject({ windowMessages: 1, thresholdMessages: 5, inFlight: 1 })
    let next = 0
    for (const expected of [2, 3, 4, 5]) {
      next += 1
      host.hearAcknowledgment(next)
      expect(host.composite.windowMessages).toBe(expected)
    }
    host.hearAcknowledgment(next + 5)
    expect(host.composite.windowMessages).toBe(6)
    host.hearAcknowledgment(next + 6)
    expect(host.composite.windowMessages).toBe(6)
  })

  it('begins again with one message after a timeout, and sends the lost ones one by one', () => {
    const host = begun()
    expect(leaving(host.passes(1_000_000))).toEqual([0])
    expect(leaving(host.hearAcknowledgment(1))).toEqual([1, 2])
  })

  it('counts what left, not what was given', () => {
    const host = controlled()
    expect(host.send(3)).toEqual([0, 1, 2])
    expect(host.composite).toMatchObject({ inFlight: 3, windowMessages: 10 })
  })
})
