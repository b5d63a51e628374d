/**
 * The records of a capture, one at a time, from wherever its bytes come: memory is bounded by one chunk and one record,
 * however long the capture is. Not for the path of a frame.
 */
import {
  linkTypeEthernet,
  type PcapFileHeader,
  type PcapRecord,
  pcapCapturedLength,
  pcapFileHeaderBytes,
  pcapRecordHeaderBytes,
  pcapRecordLimitBytes,
  readPcapFileHeader,
  readPcapRecord,
} from '../../wire/pcap.ts'

const chunkBytes = 1 << 18

/** What is wrong with a capture: which, what, and what the reader can do about it. */
export class PcapError extends Error {
  override readonly name = 'PcapError'
  readonly capture: string
  readonly reason: string

  constructor(capture: string, reason: string, remedy?: string) {
    super(remedy === undefined ? `${capture}: ${reason}` : `${capture}: ${reason}\n  → ${remedy}`)
    this.capture = capture
    this.reason = reason
  }
}

/** How a capture ended. */
export interface PcapEnd {
  /** In the middle of a record, as when the program that wrote it was killed. */
  readonly isCutShort: boolean
}

/** Fills `into` from its start and returns how many bytes it put there; 0 at the end. */
export type ReadBytes = (into: Uint8Array) => number

/** `name` is for messages. Throws a PcapError if it is no classic capture of Ethernet frames, or is damaged. */
export function* pcapRecords(name: string, read: ReadBytes): Generator<PcapRecord, PcapEnd, undefined> {
  let chunk = new Uint8Array(chunkBytes)
  let view = new DataView(chunk.buffer)
  let used = readFully(read, chunk, pcapFileHeaderBytes)
  const header = checkHeader(name, view, used)
  let at = pcapFileHeaderBytes
  for (;;) {
    const isHeaderThere = used - at >= pcapRecordHeaderBytes
    const length = isHeaderThere ? pcapCapturedLength(view, at, header) : 0
    if (length > pcapRecordLimitBytes) {
      throw new PcapError(name, `a record of ${length} bytes at a damaged place`)
    }
    if (!isHeaderThere || used - at < pcapRecordHeaderBytes + length) {
      // The rest of this record is still to be read: what is here moves to the front.
      const rest = used - at
      const needed = pcapRecordHeaderBytes + length
      if (needed > chunk.length) {
        const larger = new Uint8Array(2 * pcapRecordLimitBytes)
        larger.set(chunk.subarray(at, used))
        chunk = larger
        view = new DataView(chunk.buffer)
      } else {
        chunk.copyWithin(0, at, used)
      }
      at = 0
      used = rest + readFully(read, chunk.subarray(rest), needed - rest)
      if (used < needed) return { isCutShort: used > 0 }
      continue
    }
    const start = at + pcapRecordHeaderBytes
    yield readPcapRecord(view, at, header, chunk.slice(start, start + length))
    at = start + length
  }
}

/** A pipe may give less than was asked for: reads until so many bytes are there, or the end. */
function readFully(read: ReadBytes, into: Uint8Array, leastBytes: number): number {
  let used = 0
  while (used < leastBytes) {
    const count = read(into.subarray(used))
    if (count === 0) return used
    used += count
  }
  return used
}

function checkHeader(name: string, view: DataView, used: number): PcapFileHeader {
  const isNextGeneration = used >= 4 && view.getUint32(0) === 0x0a0d0d0a
  if (isNextGeneration) {
    throw new PcapError(name, 'not a classic capture file but pcapng', `editcap -F pcap ${name} <new file>`)
  }
  const header = used >= pcapFileHeaderBytes ? readPcapFileHeader(view, 0) : undefined
  if (header === undefined) throw new PcapError(name, 'not a classic capture file (pcap)')
  if (header.linkType !== linkTypeEthernet) {
    const remedy = 'capture on an Ethernet interface, not on "any"'
    throw new PcapError(name, `frames of link type ${header.linkType}, not Ethernet (1)`, remedy)
  }
  return header
}

/** The records of a capture that is in memory. */
export function pcapRecordsOf(
  bytes: Uint8Array,
  name = 'capture',
): Generator<PcapRecord, PcapEnd, undefined> {
  let at = 0
  return pcapRecords(name, (into) => {
    const part = bytes.subarray(at, at + into.length)
    into.set(part)
    at += part.length
    return part.length
  })
}
