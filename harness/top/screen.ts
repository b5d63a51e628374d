/**
 * A terminal that is redrawn in place: the alternate screen, no cursor, single keys. Whoever opens it closes it, whatever
 * happens in between, or the terminal stays odd.
 */
import type { ReadStream, WriteStream } from 'node:tty'

const sequence = '\x1b['
// Without wrapping, a narrow terminal cuts lines, and the rest stays where it is.
const enter = `${sequence}?1049h${sequence}?25l${sequence}?7l`
const leave = `${sequence}?7h${sequence}?25h${sequence}?1049l`
const home = `${sequence}H`
const clearLine = `${sequence}K`
const clearBelow = `${sequence}J`

export interface Screen {
  /** Replaces what is shown; what does not fit is cut. */
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
