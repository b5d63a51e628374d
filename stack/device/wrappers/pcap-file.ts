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

/** A record of one of several files, numbered in the order given. */
export interface MergedRecord extends PcapRecord {
  readonly source: number
}

/**
 * The records of files that each are in order of time, such as one per thread, in one order; at equal times in the order
 * given. Throws as `readPcap`.
 */
export function* mergedRecords(inputs: readonly string[]): Generator<MergedRecord, PcapEnd, undefined> {
  const sources = inputs.map((path) => readPcap(path))
  try {
    const next = sources.map((records) => records.next())
    for (;;) {
      let earliest: number | undefined
      let record: PcapRecord | undefined
      for (const [source, { done, value }] of next.entries()) {
        if (done === true || (record !== undefined && value.timeMicros >= record.timeMicros)) continue
        earliest = source
        record = value
      }
      if (earliest === undefined || record === undefined) break
      yield { ...record, source: earliest }
      next[earliest] = (sources[earliest] as (typeof sources)[number]).next()
    }
    return { isCutShort: next.some(({ done, value }) => done === true && value.isCutShort) }
  } finally {
    for (const records of sources) records.return({ isCutShort: false })
  }
}

/** Merges files into one, in the order of `mergedRecords`. Returns how many records it wrote. */
export function mergePcap(inputs: readonly string[], output: string): number {
  const fd = openSync(output, 'w')
  try {
    const header = Buffer.alloc(pcapFileHeaderBytes)
    writePcapFileHeader(viewOf(header), 0, pcapRecordLimitBytes)
    writeSync(fd, header)
    const recordHeader = Buffer.alloc(pcapRecordHeaderBytes)
    let count = 0
    for (const { timeMicros, bytes, frameLength } of mergedRecords(inputs)) {
      writePcapRecordHeader(viewOf(recordHeader), 0, timeMicros, bytes.length, frameLength)
      writeSync(fd, Buffer.concat([recordHeader, bytes]))
      count += 1
    }
    return count
  } finally {
    closeSync(fd)
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
}
