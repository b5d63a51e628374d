/**
 * Capture files: what the recorder or another program wrote, read and merged. For tools, not for the path of a frame. The
 * format itself is in `wire/pcap.ts`.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import {
  type PcapRecord,
  pcapFileHeaderBytes,
  pcapRecordHeaderBytes,
  pcapRecordLimitBytes,
  writePcapFileHeader,
  writePcapRecordHeader,
} from '../../wire/pcap.ts'
import { type PcapEnd, pcapRecords } from './pcap-records.ts'

/**
 * Reads the records of a file, one at a time; a record cut short ends it. Throws a PcapError if it is no capture of
 * Ethernet frames, or is damaged.
 */
export function* readPcap(path: string): Generator<PcapRecord, PcapEnd, undefined> {
  const fd = openSync(path, 'r')
  try {
    return yield* pcapRecords(path, (into) => readSync(fd, into, 0, into.length, null))
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
    writePcapFileHeader(viewOf(header), 0, pcapRecordLimitBytes)
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
