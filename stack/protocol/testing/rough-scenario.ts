/**
 * A short transfer between two machines over a rough path, without random choices: the record lists every frame that
 * is lost, late or doubled, and every time that a host's thread is late. So a failure shrinks to the few entries that
 * matter, and the printed record can be pasted into a test.
 */
import type { PathMtu } from '../../device/simulated/narrow-path.ts'
import type { MachineConfig } from '../config.ts'

export type Side = 'left' | 'right'

/** How one host behaves. */
export interface Habits {
  /** How long its ACKs are delayed (RFC 1122 section 4.2.3.2 allows up to 500 ms). */
  readonly delayedAckMicros: number
  /** How long a bare ACK waits before it leaves; one that a later ACK supersedes never leaves. */
  readonly ackHoldMicros: number
  /** Whether a waiting ACK that the next waiting frame supersedes is dropped unread. */
  readonly dropsSuperseded: boolean
  /** Whether segments that wait together are acknowledged together. Default: not. */
  readonly coalesces?: boolean
  /** Whether its device merges segments of a flow that wait together into one frame (GRO). Default: not. */
  readonly merges?: boolean
  /**
   * Whether its device cuts super-frames (TSO); else whoever sends them cuts. Default: not. Of whole hosts only: between bare
   * machines it cannot be told who cut.
   */
  readonly cuts?: boolean
  /** What its threads do to the payload they send, of whole hosts only. Default: the checksum. */
  readonly payloadWork?: 'none' | 'copy' | 'checksum'
  /** How long after their arrival the application reads bytes; 0: at once. */
  readonly readPauseMicros: number
}

/** The application hands over `bytes`, `afterMicros` after the write before it. */
export interface Write {
  readonly from: Side
  readonly afterMicros: number
  readonly bytes: number
}

/** What becomes of the frame with this number, counted from 0 on each side, ARP left out. */
export interface Fate {
  readonly from: Side
  readonly frame: number
  /** `late`: by `micros`, so that others overtake it; `twice`: once more after `micros`; `corrupted`: one bit is wrong. */
  readonly fate: 'lost' | 'late' | 'twice' | 'corrupted'
  readonly micros: number
  /** Which bit is wrong: of those behind the Ethernet header, counted round and round. Default: the first. */
  readonly bit?: number
}

/** From its frame on, IP packets of `from` that are larger than `mtuBytes` are refused by a router (RFC 1191). */
export interface SidePathMtu extends PathMtu {
  readonly from: Side
}

/**
 * The thread is `micros` late for its wake-up with this number; frames that come meanwhile wait and are handled
 * together.
 */
export interface Stall {
  readonly host: Side
  readonly wake: number
  readonly micros: number
}

export interface RoughScenario {
  readonly config: Partial<MachineConfig>
  readonly left: Habits
  readonly right: Habits
  /** Delay in one direction. */
  readonly delayMicros: number
  /** Least time between two frames that leave a host; 0: any number at once. */
  readonly spacingMicros: number
  /**
   * Super-frames arrive as they are; else they are cut before the way, and each segment has its own fate. Default: they are
   * cut. Between bare machines only; such a way has no router, so `pathMtus` do not count there.
   */
  readonly leavesFramesWhole?: boolean
  /** OptionBit bits that the way takes out of every SYN. */
  readonly strippedOptions: number
  /** What both clocks show at the start, 32 bits. */
  readonly clockOrigin: number
  readonly initialSequence: number
  readonly writes: readonly Write[]
  readonly fates: readonly Fate[]
  /** In the order of their frames. Default: every packet passes. */
  readonly pathMtus?: readonly SidePathMtu[]
  readonly stalls: readonly Stall[]
}

export const plainHabits: Habits = {
  delayedAckMicros: 40_000,
  ackHoldMicros: 0,
  dropsSuperseded: false,
  readPauseMicros: 0,
}

/** A scenario in which nothing goes wrong, for tests to vary. */
export const smoothScenario: RoughScenario = {
  config: {},
  left: plainHabits,
  right: plainHabits,
  delayMicros: 1_000,
  spacingMicros: 10,
  strippedOptions: 0,
  clockOrigin: 0,
  initialSequence: 0,
  writes: [],
  fates: [],
  stalls: [],
}
