/** The rule of `wire/superseded-ack.ts` for two decoded headers. Here a bare ACK need not have timestamps. */
import { isSameAddress } from '../../wire/address.ts'
import { Format, HeaderWord, OptionBit, TcpFlag } from '../../wire/header.ts'

/** A bare acknowledgment: no payload, no flag but ACK. */
export function isBareAck(head: Int32Array): boolean {
  return (
    head[HeaderWord.format] === Format.tcp &&
    head[HeaderWord.flags] === TcpFlag.ack &&
    head[HeaderWord.payloadLength] === 0
  )
}

/** Whether the newer head carries all information of the older one, so that the older one may be dropped. */
export function supersedesHead(older: Int32Array, newer: Int32Array): boolean {
  if (!isBareAck(older) || !isBareAck(newer)) return false
  const isSame = (word: number): boolean => older[word] === newer[word]
  if (!isSame(HeaderWord.sourcePort) || !isSame(HeaderWord.destinationPort)) return false
  if (!isSame(HeaderWord.sequence) || !isSameAddress(older, HeaderWord.ipSource, newer, HeaderWord.ipSource))
    return false
  const hasTimestamps = ((newer[HeaderWord.options] as number) & OptionBit.timestamps) !== 0
  if (hasTimestamps && advance(older, newer, HeaderWord.timestampValue) < 0) return false
  const acknowledged = advance(older, newer, HeaderWord.acknowledgment)
  const isCounted = acknowledged > 0 || (acknowledged === 0 && blocksOf(newer).length > 0)
  return isCounted && !reportsDuplicate(older) && areCovered(older, newer)
}

function blocksOf(head: Int32Array): (readonly [left: number, right: number])[] {
  return Array.from({ length: head[HeaderWord.sackCount] as number }, (_, index) => {
    const at = HeaderWord.sackBlocks + 2 * index
    return [head[at] as number, head[at + 1] as number]
  })
}

function reportsDuplicate(head: Int32Array): boolean {
  const [first, second] = blocksOf(head)
  if (first === undefined) return false
  if (((first[0] - (head[HeaderWord.acknowledgment] as number)) | 0) <= 0) return true
  return second !== undefined && isWithin(first, second)
}

function areCovered(older: Int32Array, newer: Int32Array): boolean {
  const acknowledgment = newer[HeaderWord.acknowledgment] as number
  return blocksOf(older).every(
    (block) =>
      ((acknowledgment - block[1]) | 0) >= 0 || blocksOf(newer).some((each) => isWithin(block, each)),
  )
}

function isWithin(inner: readonly [number, number], outer: readonly [number, number]): boolean {
  return ((inner[0] - outer[0]) | 0) >= 0 && ((outer[1] - inner[1]) | 0) >= 0
}

function advance(older: Int32Array, newer: Int32Array, word: number): number {
  return ((newer[word] as number) - (older[word] as number)) | 0
}
