/**
 * Posts the application's requests in order, and keeps those that find the mailbox full. One to an application's ends; its
 * thread only.
 */
import { MailWord, mailWords } from '../protocol/requests.ts'
import type { ApplicationEnds } from '../strategy/running/running-stack.ts'

export class RequestPoster {
  readonly #ends: Pick<ApplicationEnds, 'mailbox' | 'wake'>
  readonly #mail = new Int32Array(mailWords)
  /** Requests that found the mailbox full, oldest first. */
  readonly #waiting: Int32Array[] = []

  constructor(ends: Pick<ApplicationEnds, 'mailbox' | 'wake'>) {
    this.#ends = ends
  }

  /** Requests wait for room: look again soon. */
  get isBehind(): boolean {
    return this.#waiting.length > 0
  }

  /** The record of the next request, all zero but for its kind, to be filled before `post` or `tryPost`. */
  open(kind: number): Int32Array {
    this.#mail.fill(0)
    this.#mail[MailWord.kind] = kind
    return this.#mail
  }

  /** Posts the record that `open` returned last, now or, in its turn, when there is room. */
  post(): void {
    if (!this.tryPost()) this.#waiting.push(this.#mail.slice())
  }

  /** Posts it now, or not at all. */
  tryPost(): boolean {
    if (this.isBehind || !this.#ends.mailbox.tryPostRecord(this.#mail)) return false
    this.#ends.wake()
    return true
  }

  /** Posts what waits, as far as there is room. */
  flush(): void {
    while (this.#waiting.length > 0) {
      if (!this.#ends.mailbox.tryPostRecord(this.#waiting[0] as Int32Array)) return
      this.#waiting.shift()
      this.#ends.wake()
    }
  }
}
