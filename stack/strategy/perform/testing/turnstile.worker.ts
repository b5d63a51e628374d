/** A thread that claims runs of frames and takes each through a turnstile; see `turnstile.race.test.ts`. */
import { workerData } from 'node:worker_threads'
import { openRegion } from '../../../dominoes/memory/region.ts'
import { Signal } from '../../../dominoes/memory/signal.ts'
import { OrderedTransmitter } from '../../replicated/ordered/ordered-transmitter.ts'
import type { TurnstileLayout } from '../../replicated/ordered/turnstile.ts'
import { noBuffer } from '../transmitter.ts'

export interface TurnstileWorkerData {
  readonly buffer: SharedArrayBuffer
  readonly layout: TurnstileLayout
  readonly signalWord: number
  /** Word offset of the number of runs that were claimed. */
  readonly claimWord: number
  /** Byte offset of this thread's buffers, a word each. */
  readonly buffersAt: number
  readonly bufferCount: number
  readonly countersAt: number
  /** Word offset of what left, in order, after the count of it. */
  readonly resultWord: number
  readonly first: number
  readonly runs: number
  /** Frames of run k: the element k mod length. */
  readonly runLengths: readonly number[]
}

const data = workerData as TurnstileWorkerData
const { buffer, claimWord, resultWord, first, runs, runLengths } = data
const region = openRegion(buffer)
const { words } = region
const moved = new Signal(region, data.signalWord)

const transmitter = new OrderedTransmitter({
  region,
  ...data,
  bufferBytes: 4,
  moved,
  device: {
    capabilities: { frameBytes: 4, virtioHeader: false, checksumOffload: false },
    /** By plain loads and stores: right only if one thread transmits at a time, and the next one sees it. */
    write(at) {
      const place = words[resultWord] as number
      words[resultWord + 1 + place] = words[at / 4] as number
      words[resultWord] = place + 1
      return true
    },
    read: () => 0,
    wait() {},
    wake() {},
    close() {},
  },
})

const lengthOf = (run: number) => runLengths[run % runLengths.length] as number

/** The first frame of run `next`, which is the one after this thread's last. */
let frame = first
for (let next = 0; ; ) {
  const run = Atomics.add(words, claimWord, 1)
  if (run >= runs) break
  for (; next < run; next++) frame = (frame + lengthOf(next)) | 0
  for (let left = lengthOf(run); left > 0; left--) {
    const at = bufferFor(frame, left > 1)
    words[at / 4] = frame
    transmitter.transmit(at, 4)
    frame = (frame + 1) | 0
  }
  next = run + 1
}

/** Waits without limit: a lost wake-up hangs the test. */
function bufferFor(number: number, isFollowed: boolean): number {
  for (;;) {
    const token = moved.prepare()
    const at = transmitter.bufferFor(number, isFollowed, false)
    if (at !== noBuffer) return at
    moved.wait(token, Number.POSITIVE_INFINITY)
  }
}
