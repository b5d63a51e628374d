/**
 * TCP options: maximum segment size (RFC 9293), window scale and timestamps (RFC 7323), SACK (RFC 2018).
 * Any thread. Reads and writes the option words of a `TcpWord` record.
 */
import { readInt32, readUint16, writeInt32, writeUint16 } from './big-endian.ts'
import { OptionBit, TcpFlag, TcpWord, Verdict } from './header.ts'

export const tcpOptionsLimitBytes = 40

/** A larger shift counts as this one (RFC 7323 section 2.3). */
export const windowScaleLimit = 14

const OptionKind = {
  end: 0,
  noOperation: 1,
  maximumSegment: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
} as const

const maximumSegmentBytes = 4
const windowScaleBytes = 3
const sackPermittedBytes = 2
const timestampsBytes = 10
const sackBlockBytes = 8

/** Bytes that these options and SACK blocks take, padding included: a multiple of 4. At most 40 for valid sets. */
export function tcpOptionBytes(options: number, sackCount: number): number {
  let length = 0
  if ((options & OptionBit.maximumSegment) !== 0) length += maximumSegmentBytes
  // Alone each is padded to a multiple of 4; together SACK-permitted fills the padding of the timestamps.
  if ((options & OptionBit.timestamps) !== 0) length += 12
  else if ((options & OptionBit.sackPermitted) !== 0) length += 4
  if ((options & OptionBit.windowScale) !== 0) length += 4
  if (sackCount > 0) length += 4 + sackCount * sackBlockBytes
  return length
}

/** SACK blocks for which a header with these options has room: 4, or 3 beside timestamps. */
export function sackBlockLimit(options: number): number {
  const room = tcpOptionsLimitBytes - tcpOptionBytes(options, 0) - 4
  return room < sackBlockBytes ? 0 : Math.min(4, Math.floor(room / sackBlockBytes))
}

/**
 * Decodes the options from `at` up to `end`. Words of options that are absent become 0. An option that runs
 * over the end or has a length its kind cannot have makes the segment malformed; unknown kinds are skipped
 * (RFC 9293 MUST-6), and so are options that only a SYN may carry, in any other segment.
 */
export function decodeTcpOptions(
  bytes: Uint8Array,
  at: number,
  end: number,
  words: Int32Array,
  recordAt: number,
  flags: number,
): number {
  words[recordAt + TcpWord.options] = 0
  words[recordAt + TcpWord.maximumSegment] = 0
  words[recordAt + TcpWord.windowScale] = 0
  words[recordAt + TcpWord.timestampValue] = 0
  words[recordAt + TcpWord.timestampEcho] = 0
  words[recordAt + TcpWord.sackCount] = 0
  const isSyn = (flags & TcpFlag.syn) !== 0
  let present = 0
  let position = at
  while (position < end) {
    const kind = bytes[position] as number
    if (kind === OptionKind.end) break
    if (kind === OptionKind.noOperation) {
      position += 1
      continue
    }
    if (position + 2 > end) return Verdict.malformed
    const length = bytes[position + 1] as number
    if (length < 2 || position + length > end) return Verdict.malformed
    switch (kind) {
      case OptionKind.maximumSegment:
        if (length !== maximumSegmentBytes) return Verdict.malformed
        if (isSyn) {
          present |= OptionBit.maximumSegment
          words[recordAt + TcpWord.maximumSegment] = readUint16(bytes, position + 2)
        }
        break
      case OptionKind.windowScale:
        if (length !== windowScaleBytes) return Verdict.malformed
        if (isSyn) {
          present |= OptionBit.windowScale
          const shift = bytes[position + 2] as number
          words[recordAt + TcpWord.windowScale] = Math.min(shift, windowScaleLimit)
        }
        break
      case OptionKind.sackPermitted:
        if (length !== sackPermittedBytes) return Verdict.malformed
        if (isSyn) present |= OptionBit.sackPermitted
        break
      case OptionKind.timestamps:
        if (length !== timestampsBytes) return Verdict.malformed
        present |= OptionBit.timestamps
        words[recordAt + TcpWord.timestampValue] = readInt32(bytes, position + 2)
        words[recordAt + TcpWord.timestampEcho] = readInt32(bytes, position + 6)
        break
      case OptionKind.sack: {
        // The 40 bytes of options hold four blocks at most.
        const blockBytes = length - 2
        if (blockBytes === 0 || (blockBytes & 7) !== 0) return Verdict.malformed
        const edges = blockBytes >> 2
        for (let edge = 0; edge < edges; edge++) {
          words[recordAt + TcpWord.sackBlocks + edge] = readInt32(bytes, position + 2 + edge * 4)
        }
        words[recordAt + TcpWord.sackCount] = edges >> 1
        break
      }
    }
    position += length
  }
  words[recordAt + TcpWord.options] = present
  return Verdict.accepted
}

/**
 * Writes the options of a record at `at` and returns their bytes, a multiple of 4. In Linux's order, which
 * middleboxes have seen most: MSS, SACK-permitted, timestamps, window scale, then SACK blocks.
 */
export function writeTcpOptions(bytes: Uint8Array, at: number, record: Int32Array, recordAt: number): number {
  const options = record[recordAt + TcpWord.options] as number
  const sackCount = record[recordAt + TcpWord.sackCount] as number
  let position = at
  if ((options & OptionBit.maximumSegment) !== 0) {
    bytes[position] = OptionKind.maximumSegment
    bytes[position + 1] = maximumSegmentBytes
    writeUint16(bytes, position + 2, record[recordAt + TcpWord.maximumSegment] as number)
    position += maximumSegmentBytes
  }
  const hasTimestamps = (options & OptionBit.timestamps) !== 0
  if ((options & OptionBit.sackPermitted) !== 0) {
    if (!hasTimestamps) position = writePadding(bytes, position)
    bytes[position] = OptionKind.sackPermitted
    bytes[position + 1] = sackPermittedBytes
    position += sackPermittedBytes
  } else if (hasTimestamps) {
    position = writePadding(bytes, position)
  }
  if (hasTimestamps) {
    bytes[position] = OptionKind.timestamps
    bytes[position + 1] = timestampsBytes
    writeInt32(bytes, position + 2, record[recordAt + TcpWord.timestampValue] as number)
    writeInt32(bytes, position + 6, record[recordAt + TcpWord.timestampEcho] as number)
    position += timestampsBytes
  }
  if ((options & OptionBit.windowScale) !== 0) {
    bytes[position] = OptionKind.noOperation
    bytes[position + 1] = OptionKind.windowScale
    bytes[position + 2] = windowScaleBytes
    bytes[position + 3] = record[recordAt + TcpWord.windowScale] as number
    position += 4
  }
  if (sackCount > 0) {
    position = writePadding(bytes, position)
    bytes[position] = OptionKind.sack
    bytes[position + 1] = 2 + sackCount * sackBlockBytes
    position += 2
    for (let edge = 0; edge < sackCount * 2; edge++) {
      writeInt32(bytes, position, record[recordAt + TcpWord.sackBlocks + edge] as number)
      position += 4
    }
  }
  return position - at
}

/** Two no-operations, so that the option that follows ends on a multiple of 4. */
function writePadding(bytes: Uint8Array, position: number): number {
  bytes[position] = OptionKind.noOperation
  bytes[position + 1] = OptionKind.noOperation
  return position + 2
}
