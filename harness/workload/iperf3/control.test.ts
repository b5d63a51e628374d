import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Admission } from './admission.ts'
import { Control, readCookie } from './control.ts'
import { cookieBytes, frameJson, Refusal, State } from './protocol.ts'
import { Callers, Line } from './testing/line.ts'

const cookie = (letter: string) => new TextEncoder().encode(`${letter.repeat(cookieBytes - 1)}\0`)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the control connection', () => {
  async function control() {
    const line = new Line()
    line.arrive(cookie('a'))
    return { line, control: new Control(await readCookie(line, 1000)) }
  }

  test('JSON in pieces', async () => {
    const { line, control: it } = await control()
    const json = it.json(1000, 1000)
    for (const byte of frameJson({ num: 5 })) line.arrive([byte])
    expect(await json).toEqual({ num: 5 })
  })

  test('a message of four gigabytes is refused before it is read', async () => {
    const { line, control: it } = await control()
    line.arrive([255, 255, 255, 255])
    await expect(it.json(8192, 1000)).rejects.toThrow(Refusal)
  })

  test('a message that is no JSON is refused', async () => {
    const { line, control: it } = await control()
    line.arrive([0, 0, 0, 2, 0x7b, 0xff])
    await expect(it.json(8192, 1000)).rejects.toThrow(Refusal)
  })

  test('another state than the expected, and a client that closes, end the test', async () => {
    const { line, control: it } = await control()
    line.arrive([12])
    await expect(it.expect(State.testEnd, 1000)).rejects.toThrow('state 12')
    line.close()
    await expect(it.expect(State.testEnd, 1000)).rejects.toThrow('closed')
  })

  test('who sends a byte now and then is reset when the limit has passed', async () => {
    const { line, control: it } = await control()
    const json = it.json(8192, 1000)
    const failed = expect(json).rejects.toThrow('reset')
    line.arrive([0, 0])
    await vi.advanceTimersByTimeAsync(900)
    line.arrive([0, 9, 0x7b])
    await vi.advanceTimersByTimeAsync(1100)
    await failed
    expect(line.isAborted).toBe(true)
  })

  test('a refusal has its code for the client', async () => {
    const { line, control: it } = await control()
    await it.refuse(new Refusal('no', 13))
    expect(line.told).toEqual([254, 0, 0, 0, 13, 0, 0, 0, 0])
    expect(line.isFinished).toBe(true)
  })
})

describe('who is admitted', () => {
  function admission() {
    const callers = new Callers()
    return { it: new Admission(callers), call: (first: Iterable<number>) => callers.call(first) }
  }

  test('a test’s own streams and nobody else', async () => {
    const { it, call } = admission()
    const control = it.control()
    call(cookie('a'))
    expect((await control).cookie).toBe(`${'a'.repeat(36)}\0`)
    const streams = it.streams((await control).cookie, 2)
    const [first, stranger, second] = [call(cookie('a')), call(cookie('b')), call(cookie('a'))]
    expect(await streams).toEqual([first, second])
    expect([stranger.told, stranger.isFinished]).toEqual([[255], true])
    const late = call(cookie('a'))
    await vi.advanceTimersByTimeAsync(1)
    expect(late.told).toEqual([255])
  })

  test('a caller that says nothing keeps nobody waiting, and is reset', async () => {
    const { it, call } = admission()
    const control = it.control()
    const silent = call(cookie('a').subarray(1))
    call(cookie('a'))
    await control
    await vi.advanceTimersByTimeAsync(10_000)
    expect(silent.isAborted).toBe(true)
  })

  test('callers that owe their cookie are bounded', async () => {
    const { call } = admission()
    const lines: Line[] = []
    for (let k = 0; k < 140; k++) {
      lines.push(call([]))
      await vi.advanceTimersByTimeAsync(0)
    }
    expect(lines.filter(({ isAborted }) => isAborted).length).toBe(12)
  })

  test('a test whose streams do not come ends, and those that came are reset', async () => {
    const { it, call } = admission()
    const streams = it.streams(`${'a'.repeat(36)}\0`, 2)
    const failed = expect(streams).rejects.toThrow('missing')
    const first = call(cookie('a'))
    await vi.advanceTimersByTimeAsync(10_000)
    await failed
    expect(first.isAborted).toBe(true)
  })
})
