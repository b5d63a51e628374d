/** Turns an action of one machine into the headers that another machine would decode from its frames. */
import { copyAddress } from '../../wire/address.ts'
import { CtpWord, Format, HeaderWord, heldWords, TcpFlag } from '../../wire/header.ts'
import { Action, ArpWord, MessageWord, SegmentWord } from '../actions.ts'

/** Payload begins here in a frame of the imaginary wire. */
export const payloadOffsetBytes = 54

/**
 * Head words of the frames that performing `action` would send; none if it sends nothing. A super-frame is cut, or `whole`,
 * as between hosts whose wires do neither cut nor merge.
 */
export function carry(
  action: Int32Array,
  sourceEther: readonly [number, number],
  whole = false,
): readonly Int32Array[] {
  const kind = action[0] as number
  if (kind === Action.sendSegment) {
    const head = carrySegment(action, sourceEther)
    const cutBytes = action[SegmentWord.cutBytes] as number
    return whole || cutBytes === 0 ? [head] : cut(head, cutBytes)
  }
  if (kind === Action.sendArp) return [carryArp(action, sourceEther)]
  if (kind === Action.sendMessage) return [carryMessage(action, sourceEther)]
  return []
}

/** The segments of a super-frame. PSH and FIN belong to the last. */
function cut(head: Int32Array, cutBytes: number): Int32Array[] {
  const length = head[HeaderWord.payloadLength] as number
  return Array.from({ length: Math.ceil(length / cutBytes) }, (_, k) => {
    const from = k * cutBytes
    const segment = head.slice()
    segment[HeaderWord.sequence] = ((head[HeaderWord.sequence] as number) + from) | 0
    segment[HeaderWord.payloadLength] = Math.min(cutBytes, length - from)
    if (from + cutBytes < length)
      segment[HeaderWord.flags] = (head[HeaderWord.flags] as number) & ~(TcpFlag.psh | TcpFlag.fin)
    return segment
  })
}

function carryMessage(action: Int32Array, sourceEther: readonly [number, number]): Int32Array {
  const head = new Int32Array(64)
  head[HeaderWord.format] = Format.ctp
  head[HeaderWord.etherSourceHigh] = sourceEther[0]
  head[HeaderWord.etherSourceLow] = sourceEther[1]
  head[HeaderWord.etherDestinationHigh] = action[MessageWord.etherDestinationHigh] as number
  head[HeaderWord.etherDestinationLow] = action[MessageWord.etherDestinationLow] as number
  copyAddress(action, MessageWord.ipSource, head, HeaderWord.ipSource)
  copyAddress(action, MessageWord.ipDestination, head, HeaderWord.ipDestination)
  head[HeaderWord.payloadOffset] = payloadOffsetBytes
  head[HeaderWord.payloadLength] = action[MessageWord.payloadLength] as number
  for (let word = 0; word < CtpWord.held + heldWords; word += 1) {
    head[HeaderWord.sourcePort + word] = action[MessageWord.sourcePort + word] as number
  }
  return head
}

function carryArp(action: Int32Array, sourceEther: readonly [number, number]): Int32Array {
  const head = new Int32Array(64)
  head[HeaderWord.format] = Format.arp
  head[HeaderWord.etherSourceHigh] = sourceEther[0]
  head[HeaderWord.etherSourceLow] = sourceEther[1]
  head[HeaderWord.etherDestinationHigh] = action[ArpWord.etherDestinationHigh] as number
  head[HeaderWord.etherDestinationLow] = action[ArpWord.etherDestinationLow] as number
  copyAddress(action, ArpWord.senderAddress, head, HeaderWord.ipSource)
  copyAddress(action, ArpWord.targetAddress, head, HeaderWord.ipDestination)
  head[HeaderWord.arpOperation] = action[ArpWord.operation] as number
  return head
}

function carrySegment(action: Int32Array, sourceEther: readonly [number, number]): Int32Array {
  const head = new Int32Array(64)
  const copy = (to: number, from: number): void => {
    head[to] = action[from] as number
  }
  head[HeaderWord.format] = Format.tcp
  head[HeaderWord.etherSourceHigh] = sourceEther[0]
  head[HeaderWord.etherSourceLow] = sourceEther[1]
  head[HeaderWord.timeToLive] = 64
  head[HeaderWord.payloadOffset] = payloadOffsetBytes
  copy(HeaderWord.etherDestinationHigh, SegmentWord.etherDestinationHigh)
  copy(HeaderWord.etherDestinationLow, SegmentWord.etherDestinationLow)
  copyAddress(action, SegmentWord.ipSource, head, HeaderWord.ipSource)
  copyAddress(action, SegmentWord.ipDestination, head, HeaderWord.ipDestination)
  copy(HeaderWord.payloadLength, SegmentWord.payloadLength)
  copy(HeaderWord.sourcePort, SegmentWord.sourcePort)
  copy(HeaderWord.destinationPort, SegmentWord.destinationPort)
  copy(HeaderWord.sequence, SegmentWord.sequence)
  copy(HeaderWord.acknowledgment, SegmentWord.acknowledgment)
  copy(HeaderWord.flags, SegmentWord.flags)
  copy(HeaderWord.window, SegmentWord.window)
  copy(HeaderWord.options, SegmentWord.options)
  copy(HeaderWord.maximumSegment, SegmentWord.maximumSegment)
  copy(HeaderWord.windowScale, SegmentWord.windowScale)
  copy(HeaderWord.timestampValue, SegmentWord.timestampValue)
  copy(HeaderWord.timestampEcho, SegmentWord.timestampEcho)
  copy(HeaderWord.sackCount, SegmentWord.sackCount)
  for (let word = 0; word < 8; word += 1) copy(HeaderWord.sackBlocks + word, SegmentWord.sackBlocks + word)
  return head
}
