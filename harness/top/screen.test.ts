import { EventEmitter } from 'node:events'
import type { ReadStream, WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { openScreen } from './screen.ts'

class Keys extends EventEmitter {
  readonly isTTY = true
  isRaw = false
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw
    return this
  }
  resume(): this {
    return this
  }
  pause(): this {
    return this
  }
}

function open(rows = 24) {
  const keys = new Keys()
  const written: string[] = []
  const quits: number[] = []
  const output = { rows, write: (text: string) => written.push(text) } as unknown as WriteStream
  const screen = openScreen(keys as unknown as ReadStream, output, () => quits.push(1))
  return { keys, written, quits, screen }
}

test('q, Escape and Ctrl-C end it; other keys do not', () => {
  const { keys, quits } = open()
  for (const key of ['x', 'q', '\x1b[A', '\x1b', '\x03']) keys.emit('data', Buffer.from(key))
  expect(quits).toHaveLength(3)
})

test('closing leaves the terminal as it was', () => {
  const { keys, written, screen } = open()
  expect(keys.isRaw).toBe(true)
  screen.close()
  expect(keys.isRaw).toBe(false)
  expect(keys.listenerCount('data')).toBe(0)
  const all = written.join('')
  for (const mode of ['1049', '25', '7']) {
    const [set, reset] = [all.lastIndexOf(`?${mode}h`), all.lastIndexOf(`?${mode}l`)]
    // The alternate screen goes off again, the cursor and wrapping on.
    expect(set < reset).toBe(mode === '1049')
  }
})

test('draws over what was there, no more lines than there are rows', () => {
  const { written, screen } = open(4)
  screen.draw(['a', 'b', 'c', 'd', 'e'])
  expect(stripVTControlCharacters(written.at(-1) ?? '')).toBe('a\nb\nc\n')
})
