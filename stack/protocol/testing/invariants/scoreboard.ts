/**
 * The scoreboard of one connection (see `state/sent-segment.ts`, `tcp/loss/scoreboard.ts`): every entry is in flight,
 * lost or sacked, the lists match the marks, and `pipe` and `sackedBytes` are the sums of their entries. An entry is never more
 * than one segment.
 */
import type { Core } from '../../state/core.ts'
import { SegmentMark } from '../../state/sent-segment.ts'
import { State, sackCacheSize } from '../../state/tcb.ts'
import { selectEntry, selectLink } from '../../tcp/loss/scoreboard.ts'
import { claim } from './claim.ts'

const List = { none: 0, time: 1, lost: 2 } as const
const listNames = ['no list', 'the time list', 'the lost list']

export class ScoreboardInvariants {
  readonly #core: Core
  /** Per ring slot: in which list it was met. */
  readonly #list: Uint8Array

  constructor(core: Core) {
    this.#core = core
    this.#list = new Uint8Array(core.config.segmentCount)
  }

  /** Checks the connection at hand. */
  check(): void {
    const core = this.#core
    const { tcb, config } = core
    const count = (tcb.ringTail - tcb.ringHead) | 0
    const isWithin = count >= 0 && count <= config.segmentCount
    claim(isWithin, () => this.of(`the ring holds ${count} of ${config.segmentCount} entries`))
    if (tcb.state <= State.synReceived)
      claim(count === 0, () => this.of(`${count} entries before it is open`))
    this.#list.fill(List.none)
    const pipe = this.walk(List.time, tcb.timeHead, tcb.timeTail)
    this.walk(List.lost, tcb.lostHead, tcb.lostTail)
    const sackedBytes = this.checkEntries(count)
    claim(tcb.pipe === pipe, () => this.of(`pipe is ${tcb.pipe}, the time list holds ${pipe} bytes`))
    claim(tcb.sackedBytes === sackedBytes, () =>
      this.of(`sackedBytes is ${tcb.sackedBytes}, ${sackedBytes} bytes are sacked`),
    )
  }

  /** Follows a list from its head and checks the links back; returns the bytes in it. */
  private walk(list: number, head: number, tail: number): number {
    const core = this.#core
    const { segment, config } = core
    let bytes = 0
    let previous = 0
    let previousSentAt = 0
    for (let link = head; link !== 0; link = segment.next) {
      claim(link > 0 && link <= config.segmentCount, () => this.of(`${listNames[list]} links to ${link}`))
      const slot = link - 1
      const before = this.#list[slot] as number
      claim(before === List.none, () =>
        this.of(`${listNames[list]} reaches ring slot ${slot}, met before in ${listNames[before]}`),
      )
      claim(this.isLive(slot), () => this.of(`${listNames[list]} reaches ring slot ${slot}, which is free`))
      this.#list[slot] = list
      selectLink(core, link)
      claim(segment.previous === previous, () =>
        this.of(`ring slot ${slot} links back to ${segment.previous}, it follows ${previous}`),
      )
      if (list === List.time && previous !== 0) {
        claim(((segment.sentAt - previousSentAt) | 0) >= 0, () =>
          this.of(`ring slot ${slot} was sent at ${segment.sentAt}, behind one sent at ${previousSentAt}`),
        )
      }
      previousSentAt = segment.sentAt
      previous = link
      bytes = (bytes + segment.end - segment.start) | 0
    }
    claim(tail === previous, () => this.of(`${listNames[list]} ends with ${previous}, its tail is ${tail}`))
    return bytes
  }

  /** Checks the entries in order of sequence; returns the bytes that are sacked. */
  private checkEntries(count: number): number {
    const core = this.#core
    const { tcb, segment } = core
    let sacked = 0
    let expected = tcb.sndUna
    for (let k = 0; k < count; k += 1) {
      const slot = selectEntry(core, (tcb.ringHead + k) | 0)
      const { start, end, marks } = segment
      claim(start === expected, () => this.of(`ring slot ${slot} starts at ${start}, not at ${expected}`))
      claim(((end - start) | 0) > 0, () => this.of(`ring slot ${slot} is empty: ${start} to ${end}`))
      this.checkExtent(slot, k === count - 1)
      this.checkCached(slot)
      const list = this.#list[slot] as number
      const isSacked = (marks & SegmentMark.sacked) !== 0
      const isLost = (marks & SegmentMark.lost) !== 0
      claim(!(isSacked && isLost), () => this.of(`ring slot ${slot} is both sacked and lost`))
      const due = isSacked ? List.none : isLost ? List.lost : List.time
      claim(list === due, () =>
        this.of(`ring slot ${slot} (marks ${marks}) is in ${listNames[list]}, not in ${listNames[due]}`),
      )
      if (isSacked) sacked = (sacked + end - start) | 0
      expected = end
    }
    if (tcb.state > State.synReceived) {
      claim(expected === tcb.sndNxt, () => this.of(`the ring ends at ${expected}, sndNxt is ${tcb.sndNxt}`))
    }
    return sacked
  }

  /** The entry at hand is one segment of data at most, also where a super-frame carried it, and only the last has the FIN. */
  private checkExtent(slot: number, isLast: boolean): void {
    const { tcb, segment } = this.#core
    const hasFin = (segment.marks & SegmentMark.fin) !== 0
    const dataBytes = ((segment.end - segment.start) | 0) - (hasFin ? 1 : 0)
    claim(dataBytes <= tcb.maximumSegment, () =>
      this.of(`ring slot ${slot} has ${dataBytes} bytes, a segment at most ${tcb.maximumSegment}`),
    )
    claim(!hasFin || isLast, () => this.of(`ring slot ${slot} has a FIN, and is not the last`))
  }

  /** The blocks that are remembered as applied were applied: whoever repeats one would change nothing. */
  private checkCached(slot: number): void {
    const { tcb, segment, state } = this.#core
    if ((segment.marks & SegmentMark.sacked) !== 0) return
    for (let pair = 0; pair < sackCacheSize; pair += 1) {
      const left = state[tcb.sackCache + 2 * pair] as number
      const right = state[tcb.sackCache + 2 * pair + 1] as number
      if (left === right) continue
      const isCovered = ((segment.start - left) | 0) >= 0 && ((right - segment.end) | 0) >= 0
      claim(!isCovered, () =>
        this.of(`ring slot ${slot} lies within the applied block [${left}, ${right}), and is not sacked`),
      )
    }
  }

  private isLive(slot: number): boolean {
    const { tcb, config } = this.#core
    return ((slot - tcb.ringHead) & (config.segmentCount - 1)) < ((tcb.ringTail - tcb.ringHead) | 0)
  }

  private of(what: string): string {
    return `connection ${this.#core.connection}: ${what}`
  }
}
