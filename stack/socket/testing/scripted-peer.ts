/**
 * A remote host's end of one connection, in headers only: it does what a test says, with the numbers that a
 * correct host would use, and acknowledges nothing by itself. The stack's host is a `TestHost`.
 */

import { type Head, localAddress, peerAddress, peerEther } from '../../protocol/testing/host.ts'
import type { SentSegment } from '../../protocol/testing/readable.ts'
import { Format, OptionBit, TcpFlag } from '../../wire/header.ts'

export class ScriptedPeer {
  readonly port: number
  readonly #stackPort: number
  /** The next sequence number to be sent, and the next expected. */
  #next: number
  #expected = 0
  #hasSynAck = false
  /** What the stack sent, in short. */
  readonly heard: string[] = []

  constructor(port: number, stackPort: number, initialSequence = 5000) {
    this.port = port
    this.#stackPort = stackPort
    this.#next = initialSequence
  }

  /** By either end. */
  isReset = false

  hear(segment: SentSegment): void {
    this.heard.push(segment.flags)
    const counted = /SYN|FIN/.test(segment.flags) ? 1 : 0
    if (segment.flags.includes('SYN')) this.#hasSynAck = true
    if (segment.flags.includes('RST')) {
      this.isReset = true
      return
    }
    const end = (segment.sequence + segment.payloadLength + counted) | 0
    if (segment.flags.includes('SYN') || ((end - this.#expected) | 0) > 0) this.#expected = end
  }

  syn(): Head {
    const head = this.#head(TcpFlag.syn)
    this.#next += 1
    return { ...head, acknowledgment: 0, options: OptionBit.sackPermitted }
  }

  /** Answers a SYN of the stack. */
  synAck(): Head {
    const head = this.#head(TcpFlag.syn | TcpFlag.ack)
    this.#next += 1
    return head
  }

  /** Acknowledges all that was heard; the end of the handshake is such an ACK. */
  ack(): Head {
    return this.#head(TcpFlag.ack)
  }

  data(length = 100): Head {
    const head = { ...this.#head(TcpFlag.ack | TcpFlag.psh), payloadLength: length }
    this.#next += length
    return head
  }

  fin(): Head {
    const head = this.#head(TcpFlag.ack | TcpFlag.fin)
    this.#next += 1
    return head
  }

  rst(): Head {
    this.isReset = true
    return this.#head(TcpFlag.ack | TcpFlag.rst)
  }

  /** Whether it knows the numbers that anything but a SYN has to carry. */
  get isOpening(): boolean {
    return !this.#hasSynAck
  }

  #head(flags: number): Head {
    return {
      format: Format.tcp,
      etherSourceHigh: peerEther[0],
      etherSourceLow: peerEther[1],
      ipSource: peerAddress,
      ipDestination: localAddress,
      sourcePort: this.port,
      destinationPort: this.#stackPort,
      payloadOffset: 54,
      sequence: this.#next,
      acknowledgment: this.#expected,
      flags,
      window: 60_000,
    }
  }
}
