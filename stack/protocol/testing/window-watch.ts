/**
 * Watches both directions of one connection: no segment may reach beyond the furthest right edge that the peer ever
 * offered (RFC 9293 section 3.8.6). An offer counts from the moment it is sent, so the check is never too strict if a
 * frame is lost, late or doubled.
 */
import { Format, HeaderWord, OptionBit, TcpFlag } from '../../wire/header.ts'
import type { Side } from './rough-scenario.ts'

/** What one side let the other send. */
interface Offer {
  /** The shift of its SYN; undefined if it named none. */
  scale: number | undefined
  /** Its window's furthest end; undefined before its first ACK. */
  end: number | undefined
}

export class WindowWatch {
  readonly #offers: Record<Side, Offer> = {
    left: { scale: undefined, end: undefined },
    right: { scale: undefined, end: undefined },
  }

  /** Checks a frame that `from` sends, with the options that the peer will see. Throws if it reaches too far. */
  sees(from: Side, head: Int32Array): void {
    if (head[HeaderWord.format] !== Format.tcp) return
    this.#judge(from, head)
    this.#note(this.#offers[from], head)
  }

  #judge(from: Side, head: Int32Array): void {
    const { end } = this.#offers[from === 'left' ? 'right' : 'left']
    const length = head[HeaderWord.payloadLength] as number
    if (end === undefined || length === 0) return
    const beyond = ((head[HeaderWord.sequence] as number) + length - end) | 0
    if (beyond > 0) throw new Error(`${from} sent ${beyond} bytes more than the peer ever had room for`)
  }

  #note(offer: Offer, head: Int32Array): void {
    const flags = head[HeaderWord.flags] as number
    const isSyn = (flags & TcpFlag.syn) !== 0
    if (isSyn && ((head[HeaderWord.options] as number) & OptionBit.windowScale) !== 0) {
      offer.scale = head[HeaderWord.windowScale] as number
    }
    if ((flags & TcpFlag.ack) === 0) return
    const { left, right } = this.#offers
    const isScaled = !isSyn && left.scale !== undefined && right.scale !== undefined
    const bytes = (head[HeaderWord.window] as number) << (isScaled ? (offer.scale as number) : 0)
    const end = ((head[HeaderWord.acknowledgment] as number) + bytes) | 0
    if (offer.end === undefined || ((end - offer.end) | 0) > 0) offer.end = end
  }
}
