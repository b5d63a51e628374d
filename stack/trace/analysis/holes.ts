/**
 * Holes: sequence numbers that have not passed while later ones have. Whatever lies below the highest number and in no
 * hole has passed before. With each hole goes what was there when it opened, and so the first segment that overtook
 * what comes late (RFC 4737 section 4.2). Invariant: holes are disjoint, in order, none empty.
 */
import type { Range } from './records.ts'

/** The segment that opened a hole by passing beyond it. */
export interface Overtaker {
  readonly micros: number
  /** Count of original segments that had passed before it. */
  readonly arrival: number
  /** Its timestamp; undefined without the option. */
  readonly timestamp: number | undefined
}

export interface Hole extends Range {
  readonly overtaker: Overtaker
}

/** Where acknowledgments are missing, holes stay; then the earliest are given up. */
const holeLimit = 4096

export class Holes {
  #holes: Hole[] = []

  open(from: number, to: number, overtaker: Overtaker): void {
    this.#holes.push({ from, to, overtaker })
    if (this.#holes.length > holeLimit) this.#holes.shift()
  }

  /** The first hole that shares a number with the range. */
  find(from: number, to: number): Hole | undefined {
    return this.#holes.find((hole) => hole.from < to && from < hole.to)
  }

  /** The range has passed. Returns how many of its numbers had not before. */
  fill(from: number, to: number): number {
    if (this.find(from, to) === undefined) return 0
    let filled = 0
    const left: Hole[] = []
    for (const hole of this.#holes) {
      const start = Math.max(from, hole.from)
      const end = Math.min(to, hole.to)
      if (start >= end) {
        left.push(hole)
        continue
      }
      filled += end - start
      if (hole.from < start) left.push({ ...hole, to: start })
      if (end < hole.to) left.push({ ...hole, from: end })
    }
    this.#holes = left
    return filled
  }

  /** All below `edge` has reached the receiver, even if it did not pass here. */
  closeBelow(edge: number): void {
    if ((this.#holes[0]?.from ?? edge) < edge) this.fill(0, edge)
  }
}
