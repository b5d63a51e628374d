/**
 * What a path does to a frame, drawn from a seeded generator. Each direction of a link has its own, simulated
 * or real. One thread; allocates nothing per frame.
 */
import { Random } from './random.ts'

/** Probabilities 0 … 1 per frame; times in microseconds. */
export interface Impairment {
  readonly delayMicros: number
  /** Added to the delay, uniform from 0 to this; frames keep their order nevertheless. */
  readonly jitterMicros: number
  readonly lossProbability: number
  readonly duplicationProbability: number
  /** A frame that is reordered arrives `reorderDelayMicros` later, and others overtake it. */
  readonly reorderProbability: number
  readonly reorderDelayMicros: number
  /** One bit anywhere in the frame is flipped. */
  readonly corruptionProbability: number
}

export const noImpairment: Impairment = {
  delayMicros: 0,
  jitterMicros: 0,
  lossProbability: 0,
  duplicationProbability: 0,
  reorderProbability: 0,
  reorderDelayMicros: 0,
  corruptionProbability: 0,
}

export interface ImpairmentCounters {
  lost: number
  duplicated: number
  reordered: number
  corrupted: number
}

/** The fate of one frame after the other: `draw`, then read the fields. */
export class ImpairmentDraw {
  impairment: Impairment
  readonly counters: ImpairmentCounters = { lost: 0, duplicated: 0, reordered: 0, corrupted: 0 }
  readonly #random: Random
  isLost = false
  isDuplicated = false
  isReordered = false
  /** Which bit of the frame to flip; -1: none. */
  corruptedBit = -1
  /** Delay and jitter, without the delay of a reordered frame. */
  delayMicros = 0

  constructor(impairment: Impairment, seed: number) {
    this.impairment = impairment
    this.#random = new Random(seed)
  }

  /** `mayCorrupt`: false for a frame whose damage nothing would find. */
  draw(frameLength: number, mayCorrupt = true): void {
    const { impairment, counters } = this
    const random = this.#random
    this.isLost = random.chance(impairment.lossProbability)
    if (this.isLost) {
      counters.lost += 1
      return
    }
    this.isDuplicated = random.chance(impairment.duplicationProbability)
    this.isReordered = random.chance(impairment.reorderProbability)
    const isCorrupted = mayCorrupt && random.chance(impairment.corruptionProbability)
    this.corruptedBit = isCorrupted ? random.below(frameLength * 8) : -1
    const { jitterMicros } = impairment
    this.delayMicros = impairment.delayMicros + (jitterMicros > 0 ? random.fraction() * jitterMicros : 0)
    if (this.isDuplicated) counters.duplicated += 1
    if (this.isReordered) counters.reordered += 1
    if (this.corruptedBit >= 0) counters.corrupted += 1
  }

  /** Flips the drawn bit of the frame at `at`. A second call undoes the first. */
  flip(bytes: Uint8Array, at: number): void {
    if (this.corruptedBit < 0) return
    const byte = at + (this.corruptedBit >> 3)
    bytes[byte] = (bytes[byte] as number) ^ (1 << (this.corruptedBit & 7))
  }
}
