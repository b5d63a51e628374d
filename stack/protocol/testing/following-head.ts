/** The rule of `wire/following-segment.ts` for two decoded headers. */
import { isSameAddress } from '../../wire/address.ts'
import { Format, HeaderWord, TcpFlag } from '../../wire/header.ts'

/** Whether the newer head is the next segment of the older one's connection. */
export function followsHead(older: Int32Array, newer: Int32Array): boolean {
  if (!isPlainData(older) || !isPlainData(newer)) return false
  const isSame = (word: number): boolean => older[word] === newer[word]
  const distance = ((newer[HeaderWord.sequence] as number) - (older[HeaderWord.sequence] as number)) | 0
  return (
    distance === older[HeaderWord.payloadLength] &&
    isSame(HeaderWord.sourcePort) &&
    isSame(HeaderWord.destinationPort) &&
    isSameAddress(older, HeaderWord.ipSource, newer, HeaderWord.ipSource)
  )
}

function isPlainData(head: Int32Array): boolean {
  return (
    head[HeaderWord.format] === Format.tcp &&
    (head[HeaderWord.payloadLength] as number) > 0 &&
    ((head[HeaderWord.flags] as number) | TcpFlag.psh) === (TcpFlag.ack | TcpFlag.psh)
  )
}
