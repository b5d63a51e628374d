/** The rules of `device/simulated/merging.ts` for decoded headers, whose payload is positions and not bytes. */
import { isSameAddress } from '../../wire/address.ts'
import { Format, HeaderWord, TcpFlag } from '../../wire/header.ts'
import { ipv4HeaderBytes } from '../../wire/ipv4.ts'
import { packetLimitBytes } from '../../wire/ipv4-fragment.ts'
import { tcpHeaderBytes } from '../../wire/tcp.ts'

const endingFlags = TcpFlag.psh | TcpFlag.fin
const neverHeldFlags = TcpFlag.syn | TcpFlag.rst | TcpFlag.urg
const equalWords = [
  HeaderWord.etherSourceHigh,
  HeaderWord.etherSourceLow,
  HeaderWord.etherDestinationHigh,
  HeaderWord.etherDestinationLow,
  HeaderWord.timeToLive,
  HeaderWord.ecn,
  HeaderWord.sourcePort,
  HeaderWord.destinationPort,
  HeaderWord.acknowledgment,
  HeaderWord.window,
  HeaderWord.options,
  HeaderWord.timestampValue,
  HeaderWord.timestampEcho,
  HeaderWord.sackCount,
  ...Array.from({ length: 8 }, (_, k) => HeaderWord.sackBlocks + k),
]

/** Joins segments one after the other, as long as they are one flow without a gap. */
export class HeadMerger {
  #segmentBytes = 0
  #lastBytes = 0

  /** The segment begins a frame. */
  begin(head: Int32Array): void {
    this.#segmentBytes = head[HeaderWord.payloadLength] as number
    this.#lastBytes = this.#segmentBytes
  }

  /** The frame that `held`, begun here, becomes with the next segment; undefined if that does not join. */
  join(held: Int32Array, next: Int32Array): Int32Array | undefined {
    const heldBytes = held[HeaderWord.payloadLength] as number
    const nextBytes = next[HeaderWord.payloadLength] as number
    const joins =
      isMergeable(held) &&
      isMergeable(next) &&
      ((held[HeaderWord.flags] as number) & endingFlags) === 0 &&
      this.#lastBytes === this.#segmentBytes &&
      nextBytes <= this.#segmentBytes &&
      heldBytes + nextBytes <= payloadLimit(held) &&
      (((next[HeaderWord.sequence] as number) - (held[HeaderWord.sequence] as number)) | 0) === heldBytes &&
      haveEqualHeaders(held, next)
    if (!joins) return undefined
    this.#lastBytes = nextBytes
    const merged = held.slice()
    merged[HeaderWord.payloadLength] = heldBytes + nextBytes
    merged[HeaderWord.flags] =
      (held[HeaderWord.flags] as number) | ((next[HeaderWord.flags] as number) & endingFlags)
    return merged
  }
}

function isMergeable(head: Int32Array): boolean {
  return (
    head[HeaderWord.format] === Format.tcp &&
    (head[HeaderWord.payloadLength] as number) > 0 &&
    ((head[HeaderWord.flags] as number) & neverHeldFlags) === 0
  )
}

/** Most payload of an IP packet with this segment's headers. */
function payloadLimit(head: Int32Array): number {
  const [options, sackCount] = [head[HeaderWord.options] as number, head[HeaderWord.sackCount] as number]
  return packetLimitBytes - ipv4HeaderBytes - tcpHeaderBytes(options, sackCount)
}

function haveEqualHeaders(held: Int32Array, next: Int32Array): boolean {
  const [heldFlags, nextFlags] = [held[HeaderWord.flags] as number, next[HeaderWord.flags] as number]
  return (
    ((heldFlags ^ nextFlags) & ~(endingFlags | TcpFlag.cwr)) === 0 &&
    (nextFlags & TcpFlag.cwr) === 0 &&
    isSameAddress(held, HeaderWord.ipSource, next, HeaderWord.ipSource) &&
    isSameAddress(held, HeaderWord.ipDestination, next, HeaderWord.ipDestination) &&
    equalWords.every((word) => held[word] === next[word])
  )
}
