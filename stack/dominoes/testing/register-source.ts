/**
 * Feeds a register domain: with requests that it generates from a running number, with what an application posted,
 * and with ticks. The running number is shared by plain loads and stores: that is right only if each hand-over of the
 * producer role happens before the next holder's use, which is one of the things under test.
 */

import { Random } from '../../device/random.ts'
import type { Channel } from '../channel/channel.ts'
import type { Mailbox } from '../channel/mailbox.ts'
import type { Domain, Source } from '../contract/domain.ts'
import { SlotWord, slotPayloadOffset } from '../contract/slot.ts'
import type { Region } from '../memory/region.ts'
import { RegisterRequest } from './register-domain.ts'

export interface RegisterSourceParts {
  readonly region: Region
  readonly channel: Channel
  readonly domain: Domain
  readonly mailbox: Mailbox
  readonly nowMicros: () => number
  readonly batch: number
  /** Word offset of two words: requests generated so far, and how many there will be. */
  readonly generatorWord: number
  readonly sleep?: (micros: number) => void
}

export class RegisterSource implements Source {
  readonly #parts: RegisterSourceParts
  readonly #words: Int32Array

  constructor(parts: RegisterSourceParts) {
    this.#parts = parts
    this.#words = parts.region.words
  }

  poll(): number {
    const { channel, mailbox, domain, batch, generatorWord } = this.#parts
    const limit = Math.min(batch, channel.freeSlots(batch))
    if (limit === 0) return 0
    const last = channel.lastTime
    const now = this.#parts.nowMicros()
    const time = ((now - last) | 0) < 0 ? last : now
    let count = 0
    for (let at = mailbox.peek(); at >= 0 && count < limit; at = mailbox.peek(count)) {
      this.#fillPosted(channel.slotAhead(count), time, at, (mailbox.taken + count) | 0)
      count += 1
    }
    const posted = count
    const words = this.#words
    let generated = words[generatorWord] as number
    while (count < limit && generated < (words[generatorWord + 1] as number)) {
      fillGenerated(words, channel.slotAhead(count++), time, generated++)
    }
    if (count === 0 && domain.microsUntilDeadline(time) === 0) {
      const slot = channel.slotAhead(count++)
      words.fill(0, slot + SlotWord.kind, slot + SlotWord.claim)
      words[slot + SlotWord.kind] = RegisterRequest.tick
      words[slot + SlotWord.time] = time
    }
    if (count > 0) {
      channel.lastTime = time
      channel.publish(count)
      // Only now is it taken from where it came: what is lost in between by a kill, `recoverRegisterSource` finds.
      if (posted > 0) mailbox.advance(posted)
      words[generatorWord] = generated
    }
    return count
  }

  wait(micros: number): void {
    this.#parts.sleep?.(micros)
  }

  #fillPosted(slot: number, time: number, record: number, number: number): void {
    const words = this.#words
    words.fill(0, slot + SlotWord.kind, slot + SlotWord.claim)
    words[slot + SlotWord.kind] = words[record] as number
    words[slot + SlotWord.time] = time
    for (let k = 0; k < 3; k++) words[slot + SlotWord.arguments + k] = words[record + 1 + k] as number
    words[slot + OriginWord.kind] = Origin.mailbox
    words[slot + OriginWord.number] = number
  }
}

/** Where a request came from; the domain does not look at it. */
const OriginWord = { kind: SlotWord.arguments + 10, number: SlotWord.arguments + 11 }
const Origin = { mailbox: 1, generator: 2 }

/** In place of a killed holder of the producer role: takes what is published, from index `from` on, from the source. */
export function recoverRegisterSource(
  words: Int32Array,
  channel: Channel,
  mailbox: Mailbox,
  generatorWord: number,
  from: number,
): void {
  for (let index = from; index !== channel.tail; index = (index + 1) | 0) {
    const slot = channel.slotOf(index)
    const next = ((words[slot + OriginWord.number] as number) + 1) | 0
    const kind = words[slot + OriginWord.kind]
    if (kind === Origin.mailbox) mailbox.advanceTo(next)
    if (kind === Origin.generator) words[generatorWord] = Math.max(words[generatorWord] as number, next)
  }
}

/** Fills a slot with the n-th generated request: two writes in three, one of nine of them with a wrong sum. */
export function fillGenerated(words: Int32Array, slot: number, time: number, n: number): void {
  const random = new Random(n)
  words.fill(0, slot + SlotWord.kind, slot + SlotWord.claim)
  words[slot + SlotWord.time] = time
  words[slot + SlotWord.random] = random.next()
  words[slot + OriginWord.kind] = Origin.generator
  words[slot + OriginWord.number] = n
  if (n % 3 === 0) {
    words[slot + SlotWord.kind] = RegisterRequest.add
    words[slot + SlotWord.arguments] = random.below(32)
    words[slot + SlotWord.arguments + 1] = random.next()
    words[slot + SlotWord.arguments + 2] = random.below(5)
    return
  }
  const payload = slot + slotPayloadOffset / 4
  words[slot + SlotWord.kind] = RegisterRequest.write
  words[slot + SlotWord.length] = 64
  let sum = 0
  for (let k = 0; k < 15; k++) {
    words[payload + k] = random.next()
    sum = (sum + (words[payload + k] as number)) | 0
  }
  words[payload + 15] = n % 9 === 1 ? ~sum : sum
}
