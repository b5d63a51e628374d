/**
 * What one host believes of the other, compared with the truth: whatever the sender's scoreboard calls acknowledged or sacked,
 * the receiver has. A sender that is wrong there never sends those bytes again, and the receiver waits for ever.
 */
import type { MachineConfig } from '../../config.ts'
import { planLayout } from '../../state/layout.ts'
import { type Segment, SegmentMark, segmentRecord } from '../../state/sent-segment.ts'
import { State, type Tcb, TcbFlag, tcbRecord } from '../../state/tcb.ts'
import { claim } from './claim.ts'

/** A machine whose connection 0 is the one that is looked at. */
export interface Believer {
  readonly name: string
  readonly config: MachineConfig
  readonly state: Int32Array
}

export class Belief {
  readonly #what: string
  readonly #tcb: Tcb
  readonly #entry: Segment
  readonly #ringAt: number
  readonly #slotMask: number
  readonly #peerTcb: Tcb

  /** Both have one connection, to each other. */
  constructor(sender: Believer, receiver: Believer) {
    const layout = planLayout(sender.config)
    this.#what = `${sender.name} believes that ${receiver.name} has`
    this.#tcb = tcbRecord.cursor(sender.state, layout.connections)
    this.#entry = segmentRecord.cursor(sender.state, layout.segments)
    this.#ringAt = layout.segments
    this.#slotMask = sender.config.segmentCount - 1
    this.#peerTcb = tcbRecord.cursor(receiver.state, planLayout(receiver.config).connections)
  }

  /** Throws if the belief is wrong. Claims nothing while one of them has not opened, and once one has forgotten. */
  check(): void {
    const tcb = this.#tcb
    const { state, rcvNxt } = this.#peerTcb
    if (tcb.state <= State.synReceived || state <= State.synReceived) return
    claim(
      ((rcvNxt - tcb.sndUna) | 0) >= 0,
      () => `${this.#what} all before ${tcb.sndUna}, and it has ${rcvNxt}`,
    )
    if (tcb.sackedBytes === 0) return
    const entry = this.#entry
    for (let counter = tcb.ringHead; counter !== tcb.ringTail; counter = (counter + 1) | 0) {
      entry.at = this.#ringAt + (counter & this.#slotMask) * segmentRecord.words
      if ((entry.marks & SegmentMark.sacked) === 0) continue
      const { start, end } = entry
      const hasFin = (entry.marks & SegmentMark.fin) !== 0
      const isHeld = hasFin ? this.#peerHoldsFin(start, (end - 1) | 0) : this.#peerHolds(start, end)
      claim(isHeld, () => `${this.#what} [${start}, ${end}), and it has not`)
    }
  }

  /** The bytes from `start` to the FIN at `fin`, which takes no place in the ranges. */
  #peerHoldsFin(start: number, fin: number): boolean {
    const { flags, rcvFin } = this.#peerTcb
    return (
      (flags & TcbFlag.finReceived) !== 0 && rcvFin === fin && (start === fin || this.#peerHolds(start, fin))
    )
  }

  #peerHolds(start: number, end: number): boolean {
    const tcb = this.#peerTcb
    if (((tcb.rcvNxt - end) | 0) >= 0) return true
    for (let index = 0; index < tcb.rangeCount; index += 1) {
      const left = tcb.words[tcb.ranges + 2 * index] as number
      const right = tcb.words[tcb.ranges + 2 * index + 1] as number
      if (((start - left) | 0) >= 0 && ((right - end) | 0) >= 0) return true
    }
    return false
  }
}
