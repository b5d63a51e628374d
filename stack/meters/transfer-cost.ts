/** The cost of one transfer over an open context: in time, in processor time by thread, and by operation. */
import { readFileSync } from 'node:fs'
import { ControlWord } from './context-control.ts'
import { type MeterReading, readMeter } from './meter.ts'
import type { Context } from './open-context.ts'

/** Times of one thread, as the scheduler counts them. */
export interface ThreadTime {
  readonly ranMicros: number
  /** Ready to run, but its processor ran another thread. */
  readonly waitedMicros: number
}

export interface TransferCost {
  readonly bytes: number
  readonly micros: number
  readonly application: ThreadTime
  readonly peer: ThreadTime
  readonly stack: readonly ThreadTime[]
  /** By thread of the stack. */
  readonly meters: readonly MeterReading[]
  /**
   * Cost of taking a time, in nanoseconds. It is taken off every mean already. Each metered operation adds it once
   * more to the transfer, outside of the measured duration.
   */
  readonly timerNanos: number
}

export async function transferCost(
  context: Context,
  isMetered: boolean,
  bytes: number,
  move: () => Promise<void>,
): Promise<TransferCost> {
  const { meters, controls, peerPid } = context
  for (const control of controls) Atomics.store(control, ControlWord.isMetered, isMetered ? 1 : 0)
  for (const meter of meters) readMeter(meter, 0)
  const threads = [
    process.pid,
    peerPid,
    ...controls.map((control) => control[ControlWord.threadId] as number),
  ]
  const before = threads.map(threadTime)
  const start = performance.now()
  await move()
  const micros = (performance.now() - start) * 1000
  const [application, peer, ...stack] = threads.map((thread, k) => {
    const { ranMicros, waitedMicros } = threadTime(thread)
    const { ranMicros: ran, waitedMicros: waited } = before[k] as ThreadTime
    return { ranMicros: ranMicros - ran, waitedMicros: waitedMicros - waited }
  })
  const timerNanos = (controls[0]?.[ControlWord.timerPicos] ?? 0) / 1000
  return {
    bytes,
    micros,
    application: application as ThreadTime,
    peer: peer as ThreadTime,
    stack,
    meters: meters.map((meter) => readMeter(meter, isMetered ? timerNanos : 0)),
    timerNanos,
  }
}

/**
 * Times of a thread of any process; the first thread of a process has the number of the process. Linux counts in
 * nanoseconds.
 */
function threadTime(thread: number): ThreadTime {
  const [ran = 0, waited = 0] = readFileSync(`/proc/${thread}/schedstat`, 'latin1').split(' ').map(Number)
  return { ranMicros: ran / 1000, waitedMicros: waited / 1000 }
}
