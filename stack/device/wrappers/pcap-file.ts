/**
 * Classic capture files: microseconds, little-endian, Ethernet (LINKTYPE 1). For the recorder, and for tools
 * that look at what it wrote. Not for the path of a frame.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'

export const pcapFileHeaderBytes = 24
export const pcapRecordHeaderBytes = 16

const magic = 0xa1b2c3d4
const majorVersion = 2
const minorVersion = 4
const linkTypeEthernet = 1
/** Larger than any record we write; a length above it is damage, not data. */
const recordLimitBytes = 1 << 20
const chunkBytes = 1 << 18

export interface PcapRecord {
  /** Wall-clock time in microseconds. */
  readonly timeMicros: number
  /** Bytes that the frame had; `bytes` may hold fewer. */
  readonly frameLength: number
  readonly bytes: Uint8Array
}

export function writePcapFileHeader(view: DataView, at: number, snapBytes: number): void {
  view.setUint32(at, magic, true)
  view.setUint16(at + 4, majorVersion, true)
  view.setUint16(at + 6, minorVersion, true)
  view.setUint32(at + 8, 0, true)
  view.setUint32(at + 12, 0, true)
  view.setUint32(at + 16, snapBytes, true)
  view.setUint32(at + 20, linkTypeEthernet, true)
}

export function writePcapRecordHeader(
  view: DataView,
  at: number,
  timeMicros: number,
  capturedLength: number,
  frameLength: number,
): void {
  view.setUint32(at, timeMicros / 1e6, true)
  view.setUint32(at + 4, timeMicros % 1e6, true)
  view.setUint32(at + 8, capturedLength, true)
  view.setUint32(at + 12, frameLength, true)
}

/** Reads the records of a file, one at a time. Throws if it is none of ours; ends at a record cut short. */
export function* readPcap(path: string): Generator<PcapRecord, void, undefined> {
  const fd = openSync(path, 'r')
  try {
    let chunk = Buffer.alloc(chunkBytes)
    let used = readSync(fd, chunk, 0, chunk.length, null)
    const isOurs = used >= pcapFileHeaderBytes && chunk.readUInt32LE(0) === magic
    if (!isOurs) throw new Error(`${path}: not a little-endian microsecond capture file`)
    let at = pcapFileHeaderBytes
    for (;;) {
      const length = used - at >= pcapRecordHeaderBytes ? chunk.readUInt32LE(at + 8) : 0
      if (length > recordLimitBytes)
        throw new Error(`${path}: a record of ${length} bytes at a damaged place`)
      if (used - at < pcapRecordHeaderBytes + length) {
        // The rest of this record is still in the file: move what is here to the front and read on.
        const rest = used - at
        const next =
          length + pcapRecordHeaderBytes > chunk.length ? Buffer.alloc(2 * recordLimitBytes) : chunk
        chunk.copy(next, 0, at, used)
        chunk = next
        at = 0
        const count = readSync(fd, chunk, rest, chunk.length - rest, null)
        used = rest + count
        if (count === 0) return
        continue
      }
      const start = at + pcapRecordHeaderBytes
      yield {
        timeMicros: chunk.readUInt32LE(at) * 1e6 + chunk.readUInt32LE(at + 4),
        frameLength: chunk.readUInt32LE(at + 12),
        bytes: new Uint8Array(chunk.subarray(start, start + length)),
      }
      at = start + length
    }
  } finally {
    closeSync(fd)
  }
}

/**
 * Merges files that each are in order of time, such as one per thread, into one; at equal times in the order
 * given. Returns how many records it wrote.
 */
export function mergePcap(inputs: readonly string[], output: string): number {
  const sources = inputs.map((path) => {
    const records = readPcap(path)
    return { records, next: records.next() }
  })
  const fd = openSync(output, 'w')
  try {
    const header = Buffer.alloc(pcapFileHeaderBytes)
    writePcapFileHeader(viewOf(header), 0, recordLimitBytes)
    writeSync(fd, header)
    const recordHeader = Buffer.alloc(pcapRecordHeaderBytes)
    let count = 0
    for (;;) {
      let earliest: (typeof sources)[number] | undefined
      let record: PcapRecord | undefined
      for (const source of sources) {
        if (source.next.done === true) continue
        if (record === undefined || source.next.value.timeMicros < record.timeMicros) {
          earliest = source
          record = source.next.value
        }
      }
      if (earliest === undefined || record === undefined) return count
      const { timeMicros, bytes, frameLength } = record
      writePcapRecordHeader(viewOf(recordHeader), 0, timeMicros, bytes.length, frameLength)
      writeSync(fd, Buffer.concat([recordHeader, bytes]))
      earliest.next = earliest.records.next()
      count += 1
    }
  } finally {
    closeSync(fd)
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
}
