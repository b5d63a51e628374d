/**
 * A terminal that is redrawn in place: the alternate screen, no cursor, single keys. Call `close` also after errors:
 * otherwise the terminal stays in this mode.
 */
import type { ReadStream, WriteStream } from 'node:tty'

const sequence = '\x1b['
// Wrapping is off: a narrow terminal then cuts long lines, and the lines below stay where they are.
const enter = `${sequence}?1049h${sequence}?25l${sequence}?7l`
const leave = `${sequence}?7h${sequence}?25h${sequence}?1049l`
const home = `${sequence}H`
const clearLine = `${sequence}K`
const clearBelow = `${sequence}J`

export interface Screen {
  /** Replaces the lines that are shown; lines that do not fit are cut. */
  draw(lines: readonly string[]): void
  close(): void
}

/** Calls `onQuit` at q, Escape, Ctrl-C and Ctrl-D. */
export function openScreen(input: ReadStream, output: WriteStream, onQuit: () => void): Screen {
  const onKey = (key: Buffer) => {
    if (['q', 'Q', '\x1b', '\x03', '\x04'].includes(key.toString())) onQuit()
  }
  const takesKeys = input.isTTY === true
  if (takesKeys) input.setRawMode(true).resume().on('data', onKey)
  output.write(enter)
  return {
    draw: (lines) => {
      const shown = lines.slice(0, (output.rows || 24) - 1)
      output.write(`${home}${shown.map((line) => `${line}${clearLine}\n`).join('')}${clearBelow}`)
    },
    close: () => {
      output.write(leave)
      if (takesKeys) input.off('data', onKey).setRawMode(false).pause()
    },
  }
}
