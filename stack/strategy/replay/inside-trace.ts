/**
 * The inside view of a recorded run: what the variables of each connection were after each request, by applying the log
 * again. It costs the recorded run nothing, and it misses nothing, since the state is a function of the requests. Every
 * number of replicas gives the same view.
 *
 *   traceInside('run.channel').connections[0].rows → { index, micros, values: [cwnd, ssthresh, …] }
 */
import { isDeepStrictEqual } from 'node:util'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import type { ReplayedDomain } from '../../dominoes/log/domain.ts'
import { LogReader } from '../../dominoes/log/reader.ts'
import { replayHere } from '../../dominoes/log/replay.ts'
import type { ReplayReport } from '../../dominoes/log/replayer.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { planLayout } from '../../protocol/state/layout.ts'
import { State, type Tcb, TcbFlag, tcbRecord } from '../../protocol/state/tcb.ts'
import { openReplayedMachine, parseStackLog } from './stack-log.ts'

/** What is told of a connection, in order of a row's values: from its transmission control block (RFC 9293 section 3.3.1). */
const variables = {
  /** `State`. */
  state: (tcb) => tcb.state,
  /** Bytes acknowledged, and bytes sent, from ISS on: SND.UNA - ISS, SND.NXT - ISS. */
  acknowledged: (tcb) => (tcb.sndUna - tcb.iss) >>> 0,
  sent: (tcb) => (tcb.sndNxt - tcb.iss) >>> 0,
  /** In bytes, as are all windows: sent, not acknowledged, not reported by SACK, not lost (RFC 6675). */
  pipe: (tcb) => tcb.pipe,
  congestionWindow: (tcb) => tcb.cwnd,
  slowStartThreshold: (tcb) => tcb.ssthresh,
  /** SND.WND, and what we offer the peer: RCV.WND. */
  sendWindow: (tcb) => tcb.sndWnd,
  receiveWindow: (tcb) => (tcb.rcvEdge - tcb.rcvNxt) >>> 0,
  /** RCV.NXT - IRS: bytes received in order. */
  received: (tcb) => (tcb.rcvNxt - tcb.irs) >>> 0,
  /** Microseconds (RFC 6298): SRTT, and RTO without backoff. */
  smoothedRoundTrip: (tcb) => tcb.srtt / 8,
  retransmissionTimeout: (tcb) => tcb.rto,
  /** `Recovery`: 0 open, 1 fast, 2 timeout. */
  recovery: (tcb) => tcb.recovery,
} as const satisfies Record<string, (tcb: Tcb) => number>

export type InsideVariable = keyof typeof variables
export const insideVariables = Object.keys(variables) as readonly InsideVariable[]

const readers = Object.values(variables)

export interface InsideRow {
  /** Channel index of the request after which these values held. */
  readonly index: number
  /** The request's time: microseconds since that of the first request in the log. */
  readonly micros: number
  /** In order of `insideVariables`. */
  readonly values: readonly number[]
}

export interface InsideConnection {
  readonly localPort: number
  readonly remotePort: number
  /** Whether the peer opened it. */
  readonly isPassive: boolean
  /** One for each request that changed a value. */
  readonly rows: readonly InsideRow[]
}

export interface InsideTrace extends ReplayReport {
  /** In the order in which they began. */
  readonly connections: readonly InsideConnection[]
  /** Whether all replicas of the replay had the same rows. */
  readonly agrees: boolean
  /** There were more rows than are kept: the view ends early. */
  readonly isCut: boolean
}

export interface InsideOptions {
  /** Replicas that apply the log; default 1. */
  readonly replicas?: number
  /** Most rows of all connections together; default 1,000,000. */
  readonly rowLimit?: number
}

/** Throws LogError if there is no log of a stack at this path, or if it is damaged. One without an end is traced as far as it goes. */
export function traceInside(path: string, options: InsideOptions = {}): InsideTrace {
  const { replicas = 1, rowLimit = 1_000_000 } = options
  const reader = new LogReader(path)
  try {
    const { machine } = parseStackLog(path, reader.header)
    const observers: InsideObserver[] = []
    const report = replayHere(reader, replicas, (words) => {
      const replayed = openReplayedMachine(machine, words)
      const observer = new InsideObserver(replayed, words, machine, rowLimit)
      observers.push(observer)
      return observer
    })
    const [first, ...others] = observers.map(({ connections }) => connections)
    return {
      ...report,
      connections: first ?? [],
      agrees: others.every((other) => isDeepStrictEqual(other, first)),
      isCut: observers.some(({ isCut }) => isCut),
    }
  } finally {
    reader.close()
  }
}

interface OpenConnection extends InsideConnection {
  readonly generation: number
  readonly rows: InsideRow[]
}

/** Looks at every connection after every request. The domain does not know. */
class InsideObserver implements ReplayedDomain {
  readonly connections: InsideConnection[] = []
  isCut = false
  readonly actions: ReplayedDomain['actions']
  readonly #domain: ReplayedDomain
  readonly #words: Int32Array
  readonly #rowLimit: number
  readonly #tcb: Tcb
  readonly #connectionsAt: number
  /** By place in the table: the connection that is there now. */
  readonly #open: (OpenConnection | undefined)[]
  #index: number | undefined
  #micros = 0
  #lastTime = 0
  #rows = 0

  constructor(
    machine: ReplayedDomain & { readonly state: Int32Array },
    words: Int32Array,
    config: MachineConfig,
    rowLimit: number,
  ) {
    this.actions = machine.actions
    this.#domain = machine
    this.#words = words
    this.#rowLimit = rowLimit
    this.#connectionsAt = planLayout(config).connections
    this.#tcb = tcbRecord.cursor(machine.state, this.#connectionsAt)
    this.#open = Array.from({ length: config.connectionCount })
  }

  apply(slot: number): void {
    const time = this.#words[slot + SlotWord.time] as number
    const isFirst = this.#index === undefined
    // A slot's sequence number is the index of its request, + 1.
    this.#index = ((this.#words[slot + SlotWord.sequence] as number) - 1) | 0
    // Times are 32 bits and wrap; those of neighbours are less than half of that apart.
    if (!isFirst) this.#micros += (time - this.#lastTime) | 0
    this.#lastTime = time
    this.#domain.apply(slot)
    this.#look()
  }

  resume(): void {
    this.#domain.resume()
    this.#look()
  }

  hasMore(): boolean {
    return this.#domain.hasMore()
  }

  digest(): number {
    return this.#domain.digest()
  }

  copyState(target: Int32Array): void {
    this.#domain.copyState(target)
  }

  #look(): void {
    for (let place = 0; place < this.#open.length; place++) {
      this.#tcb.at = this.#connectionsAt + place * tcbRecord.words
      const isThere = this.#tcb.state !== State.closed
      const open = this.#open[place]
      if (!isThere) this.#open[place] = undefined
      else if (open?.generation === this.#tcb.generation) this.#note(open)
      else this.#note(this.#begin(place))
    }
  }

  #begin(place: number): OpenConnection {
    const { localPort, remotePort, generation, flags } = this.#tcb
    const isPassive = (flags & TcbFlag.passive) !== 0
    const connection = { localPort, remotePort, isPassive, generation, rows: [] }
    this.#open[place] = connection
    this.connections.push(connection)
    return connection
  }

  #note({ rows }: OpenConnection): void {
    const values = readers.map((read) => read(this.#tcb))
    const last = rows.at(-1)
    if (last?.values.every((value, at) => value === values[at])) return
    const row = { index: this.#index as number, micros: this.#micros, values }
    // Of one request: its actions did not fit the queue at once.
    if (last?.index === row.index) rows[rows.length - 1] = row
    else if (this.#rows === this.#rowLimit) this.isCut = true
    else {
      rows.push(row)
      this.#rows += 1
    }
  }
}
