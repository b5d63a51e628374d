/** A path that loses, delays and doubles frames by the world's random generator, and may get a smaller MTU. */
import { copyAddress, writeIpv4Mapped } from '../../wire/address.ts'
import { Format, HeaderWord, TcpFlag } from '../../wire/header.ts'
import { ipv4HeaderBytes } from '../../wire/ipv4.ts'
import { tcpHeaderBytes } from '../../wire/tcp.ts'
import { gatewayAddress } from './host.ts'
import type { Way, World } from './world.ts'
import type { Host } from './world-host.ts'

export interface WireOptions {
  /** One way, without jitter, in microseconds. */
  readonly delayMicros: number
  /** Additional delay, up to this, drawn for each frame: frames overtake each other. */
  readonly jitterMicros?: number
  readonly lossProbability?: number
  readonly duplicationProbability?: number
  /** OptionBit bits that the wire takes out of every SYN, as some middleboxes do. */
  readonly strippedOptions?: number
  /** From the frame with this number on, larger IP packets than `pathMtuBytes` are refused by ICMP. */
  readonly pathMtuFromFrame?: number
  readonly pathMtuBytes?: number
}

export class SeededWire implements Way {
  readonly #options: WireOptions

  constructor(options: WireOptions) {
    this.#options = options
  }

  carry(world: World, from: Host, head: Int32Array): void {
    const { random } = world
    const { delayMicros, jitterMicros = 0, lossProbability = 0, duplicationProbability = 0 } = this.#options
    if (this.#refuses(world, from, head)) return
    stripOptions(head, this.#options.strippedOptions ?? 0)
    // ARP always arrives: five requests lost in a row make a connect fail, which is right and is tested elsewhere.
    const isArp = head[HeaderWord.format] === Format.arp
    if (random.chance(lossProbability) && !isArp) {
      world.dropped += 1
      return
    }
    const copies = random.chance(duplicationProbability) ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      const jitter = jitterMicros > 0 ? random.below(jitterMicros) : 0
      world.arrives(world.other(from), { at: world.now + delayMicros + jitter, frame: head })
    }
  }

  /** A router in the middle: it refuses a packet that is too large for the path, with "fragmentation needed". */
  #refuses(world: World, from: Host, head: Int32Array): boolean {
    const { pathMtuBytes, pathMtuFromFrame, delayMicros } = this.#options
    if (pathMtuBytes === undefined || world.transmitted < (pathMtuFromFrame ?? 0)) return false
    if (packetBytesOf(head) <= pathMtuBytes) return false
    world.arrives(from, { at: world.now + delayMicros, frame: fragmentationNeeded(head, pathMtuBytes) })
    return true
  }
}

export function isSyn(head: Int32Array): boolean {
  return head[HeaderWord.format] === Format.tcp && ((head[HeaderWord.flags] as number) & TcpFlag.syn) !== 0
}

/** Takes options out of a SYN. */
export function stripOptions(head: Int32Array, options: number): void {
  if (!isSyn(head)) return
  head[HeaderWord.options] = (head[HeaderWord.options] as number) & ~options
}

/** Bytes of the IP packet that has this segment; 0 if it is none. */
export function packetBytesOf(head: Int32Array): number {
  if (head[HeaderWord.format] !== Format.tcp) return 0
  const [options, sackCount] = [head[HeaderWord.options] as number, head[HeaderWord.sackCount] as number]
  return ipv4HeaderBytes + tcpHeaderBytes(options, sackCount) + (head[HeaderWord.payloadLength] as number)
}

/** The router's message to the sender of the segment (RFC 1191). */
export function fragmentationNeeded(head: Int32Array, nextHopMtu: number): Int32Array {
  const error = new Int32Array(64)
  error[HeaderWord.format] = Format.icmpError
  error[HeaderWord.etherDestinationHigh] = head[HeaderWord.etherSourceHigh] as number
  error[HeaderWord.etherDestinationLow] = head[HeaderWord.etherSourceLow] as number
  writeIpv4Mapped(error, HeaderWord.ipSource, gatewayAddress)
  copyAddress(head, HeaderWord.ipSource, error, HeaderWord.ipDestination)
  error[HeaderWord.icmpType] = 3
  error[HeaderWord.icmpCode] = 4
  error[HeaderWord.quotedProtocol] = 6
  copyAddress(head, HeaderWord.ipSource, error, HeaderWord.quotedSource)
  copyAddress(head, HeaderWord.ipDestination, error, HeaderWord.quotedDestination)
  error[HeaderWord.quotedSourcePort] = head[HeaderWord.sourcePort] as number
  error[HeaderWord.quotedDestinationPort] = head[HeaderWord.destinationPort] as number
  error[HeaderWord.quotedSequence] = head[HeaderWord.sequence] as number
  error[HeaderWord.nextHopMtu] = nextHopMtu
  return error
}
