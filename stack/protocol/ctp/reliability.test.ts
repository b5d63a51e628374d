import { describe, expect, it } from 'vitest'
import { UpcallError } from '../actions.ts'
import { acknowledgments, leaving, MessageHost, window } from '../testing/message-host.ts'

const reliable = (config = {}) => new MessageHost(['numbering', 'reliability'], config)
const [firstTimeout, reordering, delay] = [1_000_000, 1000, 40_000]

/** A host whose first messages were acknowledged after `micros`. */
function measured(micros: number): MessageHost {
  const host = reliable()
  host.send(2)
  host.passes(micros)
  host.hearAcknowledgment(2)
  return host
}

describe('a sender', () => {
  it('sends again what is not acknowledged in time, later each time', () => {
    const host = reliable()
    expect(host.send(2)).toEqual([0, 1])
    expect(leaving(host.passes(firstTimeout - 1))).toEqual([])
    expect(leaving(host.passes(1))).toEqual([0, 1])
    expect(leaving(host.passes(2 * firstTimeout - 1))).toEqual([])
    expect(leaving(host.passes(1))).toEqual([0, 1])
    host.hearAcknowledgment(2)
    expect(host.passes(100_000_000)).toEqual([])
  })

  it('finds a message lost by time, once a later one was acknowledged', () => {
    const host = measured(800)
    expect(host.send(4)).toEqual([2, 3, 4, 5])
    host.passes(800)
    expect(leaving(host.hearAcknowledgment(2, [3, 5]))).toEqual([])
    expect(leaving(host.passes(reordering - 1))).toEqual([])
    expect(leaving(host.passes(1))).toEqual([2, 4])
    host.passes(800)
    host.hearAcknowledgment(6)
    expect(host.composite).toMatchObject({ inFlight: 0, lost: 0, sendOldest: 6 })
  })

  it('waits at the peer’s edge, and looks whether there is room now', () => {
    const host = reliable()
    expect(host.send(window)).toHaveLength(window)
    host.passes(1000)
    host.hearAcknowledgment(window, [], window)
    expect(host.send(2)).toEqual([])
    // A probe, which finds no room and is acknowledged as such, however often.
    for (let probe = 0; probe < 20; probe += 1) {
      expect(leaving(host.passes(200_000)).filter((number) => number !== window)).toEqual([])
      host.hearAcknowledgment(window, [], window)
    }
    expect(host.host.counters.messagesAgain).toBeGreaterThan(0)
    expect(leaving(host.hearAcknowledgment(window + 1, [], window + 5))).toEqual([window + 1])
  })

  it('gives up a peer that never answers, and says so once', () => {
    const host = reliable()
    host.send(1)
    const told = host.passes(600_000_000).filter((action) => 'upcall' in action)
    expect(told).toMatchObject([{ upcall: 'datagramRefused', error: UpcallError.timedOut }])
    expect(host.send(1)).toEqual([])
    expect(host.passes(600_000_000)).toEqual([])
  })

  it('believes no acknowledgment of what never left', () => {
    const host = reliable()
    host.send(2)
    host.hearAcknowledgment(3)
    host.hearAcknowledgment(0, [2, 90])
    host.hearAcknowledgment(-1)
    expect(host.composite).toMatchObject({ sendOldest: 0, inFlight: 2, lost: 0 })
  })

  it('frees the room of what was acknowledged, in order', () => {
    const host = reliable()
    host.send(window)
    const free = (actions: readonly object[]) => actions.filter((action) => 'upcall' in action)
    expect(free(host.hearAcknowledgment(0, [1, 2, 3]))).toEqual([])
    expect(free(host.hearAcknowledgment(window))).toMatchObject([
      { upcall: 'datagramsSent', position: window * 2048 },
    ])
  })

  it('goes on after the process was stopped for long', () => {
    const host = measured(800)
    host.send(1)
    host.host.now += 2 ** 31 + 17
    // The neighbor's address is as old.
    host.host.tick()
    expect(leaving(host.host.learn())).toEqual([2])
    host.hearAcknowledgment(3)
    expect(host.composite).toMatchObject({ inFlight: 0, sendOldest: 3 })
  })
})

describe('a receiver', () => {
  it('acknowledges every second message at once, and a single one after a while', () => {
    const host = reliable()
    expect(acknowledgments(host.hear(0))).toEqual([])
    expect(acknowledgments(host.hear(1))).toMatchObject([{ next: 2, edge: window, held: [] }])
    host.hear(2)
    expect(acknowledgments(host.passes(delay - 1))).toEqual([])
    expect(acknowledgments(host.passes(1))).toMatchObject([{ next: 3 }])
    expect(host.passes(10_000_000)).toEqual([])
  })

  it('says at once what arrived beyond a gap, and that a message came twice', () => {
    const host = reliable()
    expect(acknowledgments(host.hear(1))).toMatchObject([{ next: 0, held: [1] }])
    expect(acknowledgments(host.hear(100))).toMatchObject([{ next: 0, held: [1, 100] }])
    expect(acknowledgments(host.hear(1))).toMatchObject([{ next: 0, held: [1, 100] }])
    expect(acknowledgments(host.hear(0))).toMatchObject([{ next: 2, held: [100] }])
  })

  it.each([[[]], [['ordering'] as const]])('acknowledges nothing that it has no room for (%j)', (more) => {
    const host = new MessageHost(['numbering', 'reliability', ...more])
    for (let number = 0; number < window; number += 1) host.hear(number)
    expect(acknowledgments(host.hear(window))).toMatchObject([{ next: window, edge: window }])
    expect(host.host.counters.messagesDropped).toBe(1)
    // Reading makes room, and the sender hears of it.
    const edge = window + window / 2
    expect(acknowledgments(host.read(window / 2))).toMatchObject([{ next: window, edge }])
    host.hear(window)
    expect(acknowledgments(host.hear(window + 1))).toMatchObject([{ next: window + 2, edge }])
  })

  it('keeps its edge where it is, whatever arrives in whatever order', () => {
    for (const more of [[], ['ordering'] as const]) {
      const host = new MessageHost(['numbering', 'reliability', ...more])
      for (const number of [5, 3, 1, 0, 2, 4, 90, 6]) {
        for (const { edge } of acknowledgments(host.hear(number))) expect(edge).toBe(window)
      }
    }
  })
})
