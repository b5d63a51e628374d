/**
 * Layout of an outbox: records from many replicas to one reader, in the order of numbers that replicated state
 * assigned. Record n lies at n mod count.
 *
 *   word   0  position   number of the next record to be read          written by the reader
 *   ── line ──────────────────────────────────────────────────────────────────────────
 *         32  filled     signal: a record was committed                (see signal.ts)
 *   ── line ──────────────────────────────────────────────────────────────────────────
 *         64  records of 16 words:
 *                word 0  sequence   number + 1 once committed          the one writer of that number, last
 *                  1..15 fields     the domain's                       the one writer of that number
 *
 * Invariant: position ≤ every number being written < position + count; records below position are free.
 */
import { assertPowerOfTwo } from '../memory/assert.ts'
import { lineWords, type Region, type RegionPlan } from '../memory/region.ts'

export const outboxRecordWords = 16
/** Words of a record that belong to the domain. */
export const outboxFieldWords = outboxRecordWords - 1

export const OutboxWord = { position: 0, filled: lineWords, records: 2 * lineWords } as const

export interface OutboxLayout {
  /** Word offset of the outbox. */
  readonly baseWord: number
  /** Records; a power of two. */
  readonly count: number
}

export function planOutbox(plan: RegionPlan, count: number): OutboxLayout {
  assertPowerOfTwo(count, 'outboxCount')
  return { baseWord: plan.reserve((OutboxWord.records + count * outboxRecordWords) * 4) / 4, count }
}

/** Before any thread uses it: no record is committed, `firstNumber` is the next to be read. */
export function initialiseOutbox(region: Region, layout: OutboxLayout, firstNumber: number): void {
  region.words[layout.baseWord + OutboxWord.position] = firstNumber
  for (let k = 0; k < layout.count; k++) {
    const number = (firstNumber + k) | 0
    // Anything but number + 1 says "not committed".
    region.words[outboxRecord(layout, number)] = number
  }
}

/** Word offset of the signal on which the reader sleeps. */
export function outboxFilledWord(layout: OutboxLayout): number {
  return layout.baseWord + OutboxWord.filled
}

/** Word offset of a number's record. */
export function outboxRecord(layout: OutboxLayout, number: number): number {
  return layout.baseWord + OutboxWord.records + (number & (layout.count - 1)) * outboxRecordWords
}
