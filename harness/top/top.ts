/**
 * The live view of whatever stack is at work on this machine: a table that is redrawn in a terminal, a line a second
 * elsewhere, or one JSON object.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { liveScratch } from '../docker/scratch.ts'
import { HarnessError } from '../error.ts'
import { type LiveSnapshot, newestSnapshot } from './live-file.ts'
import { ratesBetween, type StackRates } from './rates.ts'
import { renderLine, renderTable } from './render.ts'
import { openScreen } from './screen.ts'

const redrawMillis = 500
const lineMillis = 1000
/** How long a single answer waits for a stack that is about to start, or between two transfers. */
const patienceMillis = 15_000

const start = 'Start something in another terminal: make demo, or make reproduce PROFILE=quick'

/** Follows the stack at work from look to look. */
class Watcher {
  #last: LiveSnapshot | undefined

  /** What happened since the last look, `waiting` while no stack is at work, `nothing` if no run is going at all. */
  async look(): Promise<StackRates | 'waiting' | 'nothing'> {
    const directories = await liveScratch()
    const snapshot = await newestSnapshot(directories)
    const last = this.#last
    if (snapshot === undefined) {
      this.#last = undefined
      return directories.length === 0 ? 'nothing' : 'waiting'
    }
    // The file is not newer than at the last look: no time has passed to compute rates over.
    if (last !== undefined && last.pid === snapshot.pid && last.at === snapshot.at) return 'waiting'
    this.#last = snapshot
    return (last && ratesBetween(last, snapshot)) ?? 'waiting'
  }
}

/** Redraws a table until `signal` is aborted or a key ends it. */
export async function showTable(signal: AbortSignal): Promise<void> {
  const quit = new AbortController()
  const ended = AbortSignal.any([signal, quit.signal])
  const screen = openScreen(process.stdin, process.stdout, () => quit.abort())
  try {
    const watcher = new Watcher()
    let shown: readonly string[] = []
    let staleLooks = 0
    while (!ended.aborted) {
      const seen = await watcher.look()
      staleLooks = typeof seen === 'string' ? staleLooks + 1 : 0
      if (seen === 'nothing') shown = ['Nothing runs on this machine.', start]
      else if (seen === 'waiting') {
        if (staleLooks > 2) shown = ['A run is going; no stack is at work just now.']
      } else shown = renderTable(seen, true)
      screen.draw([...shown, '', 'q ends'])
      await pause(redrawMillis, ended)
    }
  } finally {
    screen.close()
  }
}

/** A line a second until `signal` is aborted or the run ends. Throws HarnessError if nothing runs. */
export async function printLines(print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const watcher = new Watcher()
  let hasSeen = false
  while (!signal.aborted) {
    const seen = await watcher.look()
    if (seen === 'nothing') {
      if (hasSeen) return
      throw nothingRuns()
    }
    hasSeen = true
    if (seen !== 'waiting') print(renderLine(seen))
    await pause(lineMillis, signal)
  }
}

/** The rates of about half a second. Throws HarnessError if nothing runs, or no stack gets to work. */
export async function takeOnce(signal: AbortSignal): Promise<StackRates> {
  const watcher = new Watcher()
  const end = Date.now() + patienceMillis
  while (Date.now() < end && !signal.aborted) {
    const seen = await watcher.look()
    if (seen === 'nothing') throw nothingRuns()
    if (seen !== 'waiting') return seen
    await pause(redrawMillis, signal)
  }
  throw new HarnessError('A run is going, but no stack got to work.', 'Try again while a transfer is made.')
}

function nothingRuns(): HarnessError {
  return new HarnessError('Nothing runs on this machine.', start)
}

async function pause(millis: number, signal: AbortSignal): Promise<void> {
  await delay(millis, undefined, { signal }).catch(() => {})
}
