/**
 * Classic capture files (draft-ietf-opsawg-pcap): a header of 24 bytes, then records of 16 bytes each followed by the
 * frame's. Any thread; the caller made sure that the bytes exist.
 *
 * A file is in the byte order of the machine that wrote it, and its magic number says which that was and whether times
 * have microseconds or nanoseconds. We write little-endian microseconds, and read all four.
 */

export const pcapFileHeaderBytes = 24
export const pcapRecordHeaderBytes = 16

export const linkTypeEthernet = 1
/** Larger than any frame: a length above it is damage, not data. */
export const pcapRecordLimitBytes = 1 << 20

const microMagic = 0xa1b2c3d4
const nanoMagic = 0xa1b23c4d
const majorVersion = 2
const minorVersion = 4

const FileOffset = { magic: 0, version: 4, snapBytes: 16, linkType: 20 } as const
const RecordOffset = { seconds: 0, fraction: 4, capturedLength: 8, frameLength: 12 } as const

export interface PcapFileHeader {
  readonly isLittleEndian: boolean
  readonly hasNanos: boolean
  /** Frames are cut to so many bytes. */
  readonly snapBytes: number
  /** 1: Ethernet. */
  readonly linkType: number
}

export interface PcapRecord {
  /** Wall-clock time in microseconds. */
  readonly timeMicros: number
  /** Nanoseconds beyond it, 0 … 999: together they would not fit the digits of one number. */
  readonly nanos: number
  /** Bytes that the frame had; `bytes` may hold fewer. */
  readonly frameLength: number
  readonly bytes: Uint8Array
}

export function writePcapFileHeader(view: DataView, at: number, snapBytes: number): void {
  view.setUint32(at, microMagic, true)
  view.setUint16(at + FileOffset.version, majorVersion, true)
  view.setUint16(at + FileOffset.version + 2, minorVersion, true)
  view.setUint32(at + 8, 0, true)
  view.setUint32(at + 12, 0, true)
  view.setUint32(at + FileOffset.snapBytes, snapBytes, true)
  view.setUint32(at + FileOffset.linkType, linkTypeEthernet, true)
}

export function writePcapRecordHeader(
  view: DataView,
  at: number,
  timeMicros: number,
  capturedLength: number,
  frameLength: number,
): void {
  view.setUint32(at + RecordOffset.seconds, timeMicros / 1e6, true)
  view.setUint32(at + RecordOffset.fraction, timeMicros % 1e6, true)
  view.setUint32(at + RecordOffset.capturedLength, capturedLength, true)
  view.setUint32(at + RecordOffset.frameLength, frameLength, true)
}

/** Undefined if the 24 bytes at `at` begin no capture file of this kind. */
export function readPcapFileHeader(view: DataView, at: number): PcapFileHeader | undefined {
  const isLittleEndian = isMagic(view.getUint32(at, true))
  if (!isLittleEndian && !isMagic(view.getUint32(at, false))) return undefined
  return {
    isLittleEndian,
    hasNanos: view.getUint32(at, isLittleEndian) === nanoMagic,
    snapBytes: view.getUint32(at + FileOffset.snapBytes, isLittleEndian),
    // The upper 16 bits say whether frames end with a check sequence, which lengths of IP packets leave out.
    linkType: view.getUint32(at + FileOffset.linkType, isLittleEndian) & 0xffff,
  }
}

function isMagic(value: number): boolean {
  return value === microMagic || value === nanoMagic
}

/** Bytes of the frame that follow the record header at `at`. */
export function pcapCapturedLength(view: DataView, at: number, { isLittleEndian }: PcapFileHeader): number {
  return view.getUint32(at + RecordOffset.capturedLength, isLittleEndian)
}

/** The record whose header is at `at`, with the frame's bytes. */
export function readPcapRecord(
  view: DataView,
  at: number,
  { isLittleEndian, hasNanos }: PcapFileHeader,
  bytes: Uint8Array,
): PcapRecord {
  const fraction = view.getUint32(at + RecordOffset.fraction, isLittleEndian)
  const micros = hasNanos ? Math.floor(fraction / 1000) : fraction
  return {
    timeMicros: view.getUint32(at + RecordOffset.seconds, isLittleEndian) * 1e6 + micros,
    nanos: hasNanos ? fraction % 1000 : 0,
    frameLength: view.getUint32(at + RecordOffset.frameLength, isLittleEndian),
    bytes,
  }
}
