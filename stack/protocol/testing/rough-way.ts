/**
 * One direction of the path of a rough scenario, which lists the fate of every frame. Bare ACKs may be held back; one
 * that a later ACK supersedes never leaves. Frames may be of any kind: decoded headers between machines, bytes
 * between whole hosts.
 */
import { mtuAt, type PathMtu } from '../../device/simulated/narrow-path.ts'
import type { Fate, RoughScenario, Side } from './rough-scenario.ts'

/** What the path has to know of its frames. */
export interface FrameKind<Frame> {
  isArp(frame: Frame): boolean
  isSyn(frame: Frame): boolean
  /** An acknowledgment without payload, and with no flag but ACK. */
  isBareAck(frame: Frame): boolean
  /** Whether `newer` carries all information of `older`. */
  supersedes(older: Frame, newer: Frame): boolean
  /** Of its IP packet; 0 if none is to be refused for its size. */
  packetBytes(frame: Frame): number
  /** What a router tells the sender of a packet that exceeds the path's MTU. */
  fragmentationNeeded(frame: Frame, mtuBytes: number): Frame
  /** The frame with one wrong bit. */
  damaged(frame: Frame, bit: number): Frame
}

/** A frame that will arrive. Until it leaves, a frame that supersedes it may take its place. */
export interface Arrival<Frame> {
  frame: Frame
  readonly leavesAt: number
  readonly at: number
}

/** Most SYNs that are lost in this direction: with more, the connection would fail, as it should. */
const synLossLimit = 3

export class RoughWay<Frame> {
  readonly #kind: FrameKind<Frame>
  readonly #delayMicros: number
  readonly #spacingMicros: number
  readonly #ackHoldMicros: number
  readonly #fates: ReadonlyMap<number, Fate>
  readonly #pathMtus: readonly PathMtu[]
  #held: Arrival<Frame> | undefined
  /** Frames sent so far, ARP left out. */
  #sent = 0
  #synsLost = 0
  /** When the next frame may leave. */
  #freeAt = Number.NEGATIVE_INFINITY

  constructor(scenario: RoughScenario, from: Side, kind: FrameKind<Frame>) {
    this.#kind = kind
    this.#delayMicros = scenario.delayMicros
    this.#spacingMicros = scenario.spacingMicros
    this.#ackHoldMicros = scenario[from].ackHoldMicros
    const fates = scenario.fates.filter((fate) => fate.from === from)
    this.#fates = new Map(fates.map((fate) => [fate.frame, fate]))
    this.#pathMtus = (scenario.pathMtus ?? []).filter((change) => change.from === from)
  }

  /**
   * What a router says to a frame that is about to be sent and does not pass; it goes the other way. Undefined if it passes,
   * and then `send` has to be called.
   */
  refusal(frame: Frame): Frame | undefined {
    const mtuBytes = mtuAt(this.#pathMtus, this.#sent)
    if (this.#kind.packetBytes(frame) <= mtuBytes) return undefined
    this.#sent += 1
    return this.#kind.fragmentationNeeded(frame, mtuBytes)
  }

  /** The arrivals of a frame that is sent now: none, one or two. */
  send(frame: Frame, now: number): Arrival<Frame>[] {
    const kind = this.#kind
    if (kind.isArp(frame)) return [{ frame, leavesAt: now, at: now + this.#delayMicros }]
    const fate = this.#fates.get(this.#sent)
    this.#sent += 1
    if (fate?.fate === 'lost' && this.#mayLose(frame)) return []
    const isAck = kind.isBareAck(frame)
    const held = this.#held
    if (isAck && held !== undefined && held.leavesAt > now && kind.supersedes(held.frame, frame)) {
      held.frame = frame
      return []
    }
    const freeAt = Math.max(now, this.#freeAt)
    this.#freeAt = freeAt + this.#spacingMicros
    const leavesAt = freeAt + (isAck ? this.#ackHoldMicros : 0)
    const at = leavesAt + this.#delayMicros
    const isDamaged = fate?.fate === 'corrupted' && this.#mayLose(frame)
    const first = {
      frame: isDamaged ? kind.damaged(frame, fate.bit ?? 0) : frame,
      leavesAt,
      at: at + (fate?.fate === 'late' ? fate.micros : 0),
    }
    if (isAck) this.#held = first
    return fate?.fate === 'twice' ? [first, { ...first, at: at + fate.micros }] : [first]
  }

  #mayLose(frame: Frame): boolean {
    if (!this.#kind.isSyn(frame)) return true
    if (this.#synsLost === synLossLimit) return false
    this.#synsLost += 1
    return true
  }
}
