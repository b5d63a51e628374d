/**
 * A captured frame as the TCP segment that it holds. The bytes go through the stack's own gate (`wire/frame.ts`), so that
 * options are understood once. Not for the path of a frame.
 *
 * A capture may hold headers only. So the gate is given the length that the frame had on the wire and a buffer in which
 * what was cut is 0: of a segment it reads headers, and payload only for a checksum, which is trusted here. A segment
 * whose headers were cut is refused.
 */
import { ipv4At, isIpv4Mapped } from '../wire/address.ts'
import { formatIpv4Address } from '../wire/addresses.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from '../wire/ethernet.ts'
import { decodeFrame } from '../wire/frame.ts'
import { HeaderWord, headerWords, OptionBit, TcpFlag, Verdict } from '../wire/header.ts'
import { IpProtocol, ipv4Protocol } from '../wire/ipv4.ts'
import type { PcapRecord } from '../wire/pcap.ts'

export interface Endpoint {
  /** 10.0.0.1 */
  readonly address: string
  readonly port: number
}

/** Numbers as on the wire: sequence numbers are signed 32-bit integers, the window is not scaled. */
export interface TcpPacket {
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly sequence: number
  readonly acknowledgment: number
  /** TcpFlag bits. */
  readonly flags: number
  readonly window: number
  readonly payloadLength: number
  /** Bits to shift, of a SYN with the option; otherwise undefined. */
  readonly windowScale: number | undefined
  readonly timestamps: { readonly value: number; readonly echo: number } | undefined
  /** Pairs of left and right edge. */
  readonly sack: readonly (readonly [left: number, right: number])[]
}

/** Why a frame holds nothing to analyse. */
export type Refusal = 'notTcp' | 'cutHeaders' | 'malformed'

/** Ethernet, IPv4 and TCP with all the options they can have. */
const headersLimitBytes = ethernetHeaderBytes + 60 + 60

export class PacketDecoder {
  readonly #words = new Int32Array(headerWords)
  readonly #bytes = new Uint8Array(headersLimitBytes)

  decode({ bytes, frameLength }: Pick<PcapRecord, 'bytes' | 'frameLength'>): TcpPacket | Refusal {
    const buffer = this.#bytes
    const captured = Math.min(bytes.length, buffer.length)
    buffer.fill(0)
    buffer.set(bytes.subarray(0, captured))
    const isTcp =
      etherTypeOf(buffer, 0) === EtherType.ipv4 &&
      ipv4Protocol(buffer, ethernetHeaderBytes) === IpProtocol.tcp
    if (!isTcp) return captured < Math.min(frameLength, headersLimitBytes) ? 'cutHeaders' : 'notTcp'
    const verdict = decodeFrame(buffer, 0, frameLength, this.#words, 0, true)
    const isCut = captured < Math.min(frameLength, headersLimitBytes)
    // A fragment is for nobody here: it is not a whole segment.
    if (verdict === Verdict.notForUs) return 'notTcp'
    if (verdict !== Verdict.accepted) return isCut ? 'cutHeaders' : 'malformed'
    return captured < this.#word('payloadOffset') ? 'cutHeaders' : this.#packet()
  }

  #packet(): TcpPacket {
    const options = this.#word('options')
    const flags = this.#word('flags')
    const hasScale = (flags & TcpFlag.syn) !== 0 && (options & OptionBit.windowScale) !== 0
    const hasTimestamps = (options & OptionBit.timestamps) !== 0
    return {
      source: { address: this.#address(HeaderWord.ipSource), port: this.#word('sourcePort') },
      destination: { address: this.#address(HeaderWord.ipDestination), port: this.#word('destinationPort') },
      sequence: this.#word('sequence'),
      acknowledgment: this.#word('acknowledgment'),
      flags,
      window: this.#word('window'),
      payloadLength: this.#word('payloadLength'),
      windowScale: hasScale ? this.#word('windowScale') : undefined,
      timestamps: hasTimestamps
        ? { value: this.#word('timestampValue'), echo: this.#word('timestampEcho') }
        : undefined,
      sack: Array.from({ length: this.#word('sackCount') }, (_, block) => [
        this.#words[HeaderWord.sackBlocks + 2 * block] as number,
        this.#words[HeaderWord.sackBlocks + 2 * block + 1] as number,
      ]),
    }
  }

  #word(name: keyof typeof HeaderWord): number {
    return this.#words[HeaderWord[name]] as number
  }

  #address(at: number): string {
    return isIpv4Mapped(this.#words, at) ? formatIpv4Address(ipv4At(this.#words, at)) : '?'
  }
}
