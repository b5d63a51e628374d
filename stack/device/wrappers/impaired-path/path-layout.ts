/**
 * What the thread of an impaired path shares with who started it. Plain numbers.
 *
 *   word 0  closing    1: the thread is to end             written by who started it
 *   ── line ──
 *   outgoing, then incoming: a line of counters each, in the order of `linkCounterNames`; 0 … 2^32 - 1   by the thread
 *   ── line ──
 *   a buffer for one frame                                 the thread's own
 */
import { lineWords, RegionPlan } from '../../../dominoes/memory/region.ts'
import { type LinkCounters, linkCounterNames } from '../../simulated/link-direction.ts'

export interface PathLayout {
  readonly closingWord: number
  readonly countersWord: number
  readonly bufferAt: number
  readonly sizeBytes: number
}

export type PathDirection = 'outgoing' | 'incoming'

/** What the path did to frames, as seen from the stack. */
export type PathCounters = Readonly<Record<PathDirection, Readonly<LinkCounters>>>

export function planPath(frameBytes: number): PathLayout {
  const plan = new RegionPlan()
  return {
    closingWord: plan.reserve(4) / 4,
    countersWord: plan.reserve(2 * lineWords * 4) / 4,
    bufferAt: plan.reserve(frameBytes),
    sizeBytes: plan.sizeBytes,
  }
}

export function isPathClosing(words: Int32Array, { closingWord }: PathLayout): boolean {
  return Atomics.load(words, closingWord) !== 0
}

export function closePath(words: Int32Array, { closingWord }: PathLayout): void {
  Atomics.store(words, closingWord, 1)
}

export function writePathCounters(
  words: Int32Array,
  layout: PathLayout,
  direction: PathDirection,
  counters: LinkCounters,
): void {
  const at = lineOf(layout, direction)
  for (let k = 0; k < linkCounterNames.length; k++) {
    words[at + k] = counters[linkCounterNames[k] as keyof LinkCounters] | 0
  }
}

export function readPathCounters(words: Int32Array, layout: PathLayout): PathCounters {
  const read = (direction: PathDirection) =>
    Object.fromEntries(
      linkCounterNames.map((name, k) => [name, (words[lineOf(layout, direction) + k] as number) >>> 0]),
    ) as unknown as LinkCounters
  return { outgoing: read('outgoing'), incoming: read('incoming') }
}

function lineOf({ countersWord }: PathLayout, direction: PathDirection): number {
  return countersWord + (direction === 'outgoing' ? 0 : lineWords)
}
