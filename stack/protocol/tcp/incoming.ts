/** Words about the segment at hand, in the RFC's terms (SEG.SEQ, SEG.ACK, SEG.LEN, SEG.WND). */
import { HeaderWord, OptionBit, TcpFlag } from '../../wire/header.ts'
import { type Core, header } from '../state/core.ts'

/** SEG.LEN: payload bytes, and one each for SYN and FIN. */
export function segmentLength(core: Core): number {
  const flags = header(core, HeaderWord.flags)
  let length = header(core, HeaderWord.payloadLength)
  if ((flags & TcpFlag.syn) !== 0) length += 1
  if ((flags & TcpFlag.fin) !== 0) length += 1
  return length
}

export function hasFlag(core: Core, flag: number): boolean {
  return (header(core, HeaderWord.flags) & flag) !== 0
}

export function hasTimestamps(core: Core): boolean {
  return (header(core, HeaderWord.options) & OptionBit.timestamps) !== 0
}
