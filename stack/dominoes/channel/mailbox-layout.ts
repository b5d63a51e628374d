/**
 * Layout of a mailbox: a ring of fixed records from one sender to one receiver.
 *
 *   word   0  tail     records posted so far, wrapping    written by the sender
 *   ── line ──────────────────────────────────────────────────────────────
 *         32  head     records taken so far, wrapping     written by the receiver
 *   ── line ──────────────────────────────────────────────────────────────
 *         64  records of 16 words                         the sender, before the tail
 *
 * Invariant: head ≤ tail ≤ head + count.
 */
import { assertPowerOfTwo } from '../memory/assert.ts'
import { lineWords, type Region, type RegionPlan } from '../memory/region.ts'

export const mailboxRecordWords = 16

export const MailboxWord = { tail: 0, head: lineWords, records: 2 * lineWords } as const

export interface MailboxLayout {
  /** Word offset of the mailbox. */
  readonly baseWord: number
  /** Records; a power of two. */
  readonly count: number
}

export function planMailbox(plan: RegionPlan, count: number): MailboxLayout {
  assertPowerOfTwo(count, 'mailbox count')
  return { baseWord: plan.reserve((MailboxWord.records + count * mailboxRecordWords) * 4) / 4, count }
}

/** Before any thread uses it. */
export function initialiseMailbox(region: Region, layout: MailboxLayout, first: number): void {
  region.words[layout.baseWord + MailboxWord.tail] = first
  region.words[layout.baseWord + MailboxWord.head] = first
}
