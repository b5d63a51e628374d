/** Turns an action of one machine into the header that another machine would decode from its frame. */
import { copyAddress } from '../../wire/address.ts'
import { CtpWord, Format, HeaderWord, heldWords } from '../../wire/header.ts'
import { Action, ArpWord, MessageWord, SegmentWord } from '../actions.ts'

/** Payload begins here in a frame of the imaginary wire. */
export const payloadOffsetBytes = 54

/** Head words of the frame that performing `action` (32 words) would send; undefined if it sends none. */
export function carry(action: Int32Array, sourceEther: readonly [number, number]): Int32Array | undefined {
  const kind = action[0] as number
  if (kind === Action.sendSegment) return carrySegment(action, sourceEther)
  if (kind === Action.sendArp) return carryArp(action, sourceEther)
  if (kind === Action.sendMessage) return carryMessage(action, sourceEther)
  return undefined
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
