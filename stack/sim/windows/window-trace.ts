/**
 * A trace of what controls how much a connection may send: a row of variables for each request that a machine applied,
 * in shared memory.
 *
 *   word 0          rows       rows that are there                     the machine's thread
 *        1 + 5 r    row r      the variables after request r           the machine's thread
 *
 * Written by one thread; read by others once that thread has ended.
 */
import type { Domain } from '../../dominoes/contract/domain.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { planLayout } from '../../protocol/state/layout.ts'
import { tcbRecord } from '../../protocol/state/tcb.ts'

/** In order of the words of a row: bytes, but for RTO, which is in microseconds. */
export const windowVariables = ['cwnd', 'ssthresh', 'SND.WND', 'SND.NXT - SND.UNA', 'RTO'] as const
const rowWords = windowVariables.length

export function traceBytes(requests: number): number {
  return 4 * (1 + requests * rowWords)
}

export class WindowTrace {
  readonly #words: Int32Array
  readonly #state: Int32Array
  readonly #connection: number
  readonly #capacity: number

  /** `words` have room for the trace (see `traceBytes`); `state` is the machine's, whose first connection is traced. */
  constructor(words: Int32Array, config: MachineConfig, state: Int32Array) {
    this.#words = words
    this.#state = state
    this.#connection = planLayout(config).connections
    this.#capacity = (words.length - 1) / rowWords
  }

  /** A request was applied, as far as its actions fit the queue; `again` if it had been before, with fewer of them. */
  note(again: boolean): void {
    const words = this.#words
    if (!again) {
      if (words[0] === this.#capacity) throw new RangeError(`more than ${this.#capacity} requests to trace`)
      words[0] = (words[0] as number) + 1
    }
    const row = 1 + ((words[0] as number) - 1) * rowWords
    const { offsets } = tcbRecord
    words[row] = this.#of(offsets.cwnd)
    words[row + 1] = this.#of(offsets.ssthresh)
    words[row + 2] = this.#of(offsets.sndWnd)
    words[row + 3] = (this.#of(offsets.sndNxt) - this.#of(offsets.sndUna)) | 0
    words[row + 4] = this.#of(offsets.rto)
  }

  #of(offset: number): number {
    return this.#state[this.#connection + offset] as number
  }
}

/** Has the trace note whatever the domain applies. */
export function traceDomain<Traced extends Pick<Domain, 'apply' | 'resume'>>(
  domain: Traced,
  trace: WindowTrace,
): Traced {
  const apply = domain.apply.bind(domain)
  const resume = domain.resume.bind(domain)
  return Object.assign(domain, {
    apply(slot: number) {
      apply(slot)
      trace.note(false)
    },
    resume() {
      resume()
      trace.note(true)
    },
  })
}

export interface TraceComparison {
  /** Variables of requests that both traces have. */
  readonly points: number
  /** The largest difference of any of them. */
  readonly distance: number
}

export function compareTraces(one: Int32Array, other: Int32Array): TraceComparison {
  const points = Math.min(one[0] as number, other[0] as number) * rowWords
  let distance = 0
  for (let at = 1; at <= points; at++) {
    distance = Math.max(distance, Math.abs((one[at] as number) - (other[at] as number)))
  }
  return { points, distance }
}

/** How many different values the first variable, cwnd, has in a trace: 1 would mean that nothing was controlled. */
export function countWindows(trace: Int32Array): number {
  const rows = trace[0] as number
  return new Set(Array.from({ length: rows }, (_, row) => trace[1 + row * rowWords])).size
}
