/** What SACK blocks have reported: disjoint ranges of sequence numbers in order, none empty, none touching another. */
import type { Range } from './records.ts'

/** More than any window has holes; then the earliest are forgotten. */
const rangeLimit = 4096

export class Ranges {
  #ranges: Range[] = []

  add(from: number, to: number): void {
    if (from >= to) return
    const isApart = (range: Range) => range.to < from || to < range.from
    const touching = this.#ranges.filter((range) => !isApart(range))
    const first = touching[0]
    const last = touching.at(-1)
    if (first !== undefined && touching.length === 1 && first.from <= from && to <= first.to) return
    const merged = { from: Math.min(from, first?.from ?? from), to: Math.max(to, last?.to ?? to) }
    const others = this.#ranges.filter(isApart)
    const place = others.findIndex((range) => range.from > merged.from)
    others.splice(place < 0 ? others.length : place, 0, merged)
    this.#ranges = others.slice(-rangeLimit)
  }

  hasAll(from: number, to: number): boolean {
    return this.#ranges.some((range) => range.from <= from && to <= range.to)
  }

  dropBelow(edge: number): void {
    if ((this.#ranges[0]?.from ?? edge) >= edge) return
    this.#ranges = this.#ranges
      .filter((range) => range.to > edge)
      .map((range) => ({ ...range, from: Math.max(range.from, edge) }))
  }

  /** Numbers in all ranges. */
  get size(): number {
    return this.#ranges.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  /** The number after the highest reported; undefined if there is none. */
  get end(): number | undefined {
    return this.#ranges.at(-1)?.to
  }
}
