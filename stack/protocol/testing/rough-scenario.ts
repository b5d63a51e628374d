/**
 * A short transfer between two machines over a rough way, with nothing left to chance: which frames are lost, late or
 * doubled, and when a host's thread is late, stand in the record one by one. So a failure shrinks to the few that
 * matter, and what is printed can be pasted into a test.
 */
import type { MachineConfig } from '../config.ts'

export type Side = 'left' | 'right'

/** How one host goes about it. */
export interface Habits {
  /** Its delayed ACKs (RFC 1122 section 4.2.3.2 allows up to 500 ms). */
  readonly delayedAckMicros: number
  /** Bare ACKs wait so long before they leave, and one that a later one supersedes never does. */
  readonly ackHoldMicros: number
  /** Of what waits for the thread, ACKs that the next frame supersedes are dropped unseen. */
  readonly dropsSuperseded: boolean
  /** The application looks for bytes to read so long after they came; 0: at once. */
  readonly readPauseMicros: number
}

/** The application hands over `bytes`, so long after the write before it. */
export interface Write {
  readonly from: Side
  readonly afterMicros: number
  readonly bytes: number
}

/** What becomes of the frame with this number, counted from 0 on each side, ARP left out. */
export interface Fate {
  readonly from: Side
  readonly frame: number
  /** `late`: by `micros`, so that others overtake it; `twice`: once more after `micros`. */
  readonly fate: 'lost' | 'late' | 'twice'
  readonly micros: number
}

/** The thread is `micros` late for its wake-up with this number; what comes meanwhile waits, and is taken in one go. */
export interface Stall {
  readonly host: Side
  readonly wake: number
  readonly micros: number
}

export interface RoughScenario {
  readonly config: Partial<MachineConfig>
  readonly left: Habits
  readonly right: Habits
  /** One way. */
  readonly delayMicros: number
  /** Frames leave a host at least so far apart; 0: any number at once. */
  readonly spacingMicros: number
  /** OptionBit bits that the way takes out of every SYN. */
  readonly strippedOptions: number
  /** What both clocks show at the start, 32 bits. */
  readonly clockOrigin: number
  readonly initialSequence: number
  readonly writes: readonly Write[]
  readonly fates: readonly Fate[]
  readonly stalls: readonly Stall[]
}

export const plainHabits: Habits = {
  delayedAckMicros: 40_000,
  ackHoldMicros: 0,
  dropsSuperseded: false,
  readPauseMicros: 0,
}

/** Nothing goes wrong: to be varied. */
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
