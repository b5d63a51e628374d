import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makePattern, StreamPattern } from '../../content/stream-pattern.ts'
import { Admission } from './admission.ts'
import { cookieBytes, frameJson, State } from './protocol.ts'
import { serveTest } from './serve-test.ts'
import { Callers, type Line } from './testing/line.ts'

const pattern = new StreamPattern(makePattern())
const cookie = new TextEncoder().encode(`${'c'.repeat(cookieBytes - 1)}\0`)
const digits = (count: number) => Buffer.alloc(count, '0123456789')
const testMillis = 60_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A client that has asked for a test and opened its streams. */
async function begin(parameters: object, streams = 1) {
  const callers = new Callers()
  const started = vi.fn()
  const served = serveTest(new Admission(callers), { pattern, testMillis, started })
  served.catch(() => {})
  const control = callers.call(cookie)
  expect(await control.heard(1)).toEqual([State.paramExchange])
  control.arrive(frameJson({ tcp: true, parallel: streams, len: 1000, ...parameters }))
  await control.heard(2)
  const lines: Line[] = []
  for (let k = 0; k < streams; k++) lines.push(callers.call(cookie))
  await control.heard(4)
  expect(control.told).toEqual([State.paramExchange, State.createStreams, State.testStart, State.testRunning])
  expect(started).toHaveBeenCalledTimes(1)
  return { served, control, lines }
}

const results = (...bytes: number[]) =>
  frameJson({ streams: bytes.map((count, k) => ({ id: k === 0 ? 1 : k + 2, bytes: count })) })

/** The client says that the test is over, how much it counted, and, having read the results, that it is done. */
async function end(control: Line, ...counted: number[]) {
  control.arrive([State.testEnd])
  expect((await control.heard(5))[4]).toBe(State.exchangeResults)
  control.arrive(results(...counted))
  const size = new DataView(Uint8Array.from((await control.heard(9)).slice(5)).buffer).getUint32(0)
  const all = await control.heard(9 + size + 1)
  expect(all.at(-1)).toBe(State.displayResults)
  control.arrive([State.iperfDone])
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(all.slice(9, -1))))
}

describe('the client sends', () => {
  test('what is under way when it stops is received, compared and counted', async () => {
    const { served, control, lines } = await begin({}, 2)
    const [first, second] = lines as [Line, Line]
    first.arrive(digits(2000))
    second.arrive(digits(900))
    control.arrive([State.testEnd])
    await control.heard(5)
    control.arrive(results(2000, 1000))
    second.arrive(digits(1000).subarray(900))
    await vi.waitFor(() => expect(control.told.at(-1)).toBe(State.displayResults))
    control.arrive([State.iperfDone])
    for (const line of lines) line.close()
    expect(await served).toEqual({ sent: 0, received: 3000, verified: 3000 })
    expect([control.isFinished, first.isFinished]).toEqual([true, true])
  })

  test('a wrong byte is received, and not verified', async () => {
    const { served, control, lines } = await begin({})
    lines[0]?.arrive([...digits(500), 0, ...digits(99)])
    expect(await end(control, 600)).toMatchObject({ streams: [{ id: 1, bytes: 600 }] })
    lines[0]?.close()
    expect(await served).toEqual({ sent: 0, received: 600, verified: 500 })
  })

  test('a client that claims more than it sent is reset when the test’s time is over', async () => {
    const { served, control, lines } = await begin({})
    lines[0]?.arrive(digits(600))
    control.arrive([State.testEnd])
    await control.heard(5)
    control.arrive(results(1e15))
    await vi.advanceTimersByTimeAsync(testMillis)
    await expect(served).rejects.toThrow('reset')
    expect([control.isAborted, lines[0]?.isAborted]).toEqual([true, true])
  })

  test('a client that goes away in the middle leaves no stream open', async () => {
    const { served, control, lines } = await begin({})
    control.close()
    await expect(served).rejects.toThrow('closed')
    expect(lines[0]?.isAborted).toBe(true)
  })
})

describe('our end sends', () => {
  test('what the client asks for is sent in equal shares', async () => {
    const { served, control, lines } = await begin({ reverse: true, num: 5001 }, 2)
    const [first, second] = lines as [Line, Line]
    expect(Buffer.compare(Uint8Array.from(await first.heard(2501)), pattern.at(0, 2501))).toBe(0)
    expect(Buffer.compare(Uint8Array.from(await second.heard(2500)), pattern.at(0, 2500))).toBe(0)
    expect(await end(control, 2501, 2500)).toMatchObject({ sender_has_retransmits: 0 })
    expect(await served).toEqual({ sent: 5001, received: 0, verified: 0 })
    expect(first.told.length).toBe(2501)
  })
})

test('parameters that are not supported are refused with a reason', async () => {
  const callers = new Callers()
  const served = serveTest(new Admission(callers), { pattern, testMillis, started: () => {} })
  const control = callers.call(cookie)
  control.arrive(frameJson({ tcp: true, parallel: 1e9 }))
  await expect(served).rejects.toThrow('parallel')
  expect(control.told.slice(1)).toEqual([254, 0, 0, 0, 13, 0, 0, 0, 0])
})
