/** A whole capture: its frames, one at a time, become connections. What holds no TCP segment is counted. */

import type { PcapEnd } from '../device/wrappers/pcap-records.ts'
import type { PcapRecord } from '../wire/pcap.ts'
import type { ConnectionTrace } from './analysis/connection.ts'
import { ConnectionTable } from './analysis/connection-table.ts'
import { PacketDecoder, type Refusal } from './packet.ts'

export interface CaptureOptions {
  /** Connections that are looked at; default 1024. */
  readonly connectionLimit?: number
  /** Segments, and acknowledgments, that are kept of each direction; default 1,000,000. */
  readonly recordLimit?: number
  /**
   * Address of the host at whose own device the capture was made, without losses. What it sends passes there first: data
   * that fills a hole was late, and never sent before.
   */
  readonly capturedAt?: string
}

export interface CaptureTrace {
  /** In the order of their first packets. */
  readonly connections: readonly ConnectionTrace[]
  readonly frames: number
  /** Frames without effect, by reason. `noRoom`: of connections beyond the limit. */
  readonly ignored: Readonly<Record<Refusal | 'noRoom', number>>
  /** Wall-clock time of the first frame, microseconds; undefined if there is none. */
  readonly originMicros: number | undefined
  /** The capture ends in the middle of a record. */
  readonly isCutShort: boolean
}

/** `records` come from `readPcap`, `pcapRecordsOf`, or a list. */
export function traceCapture(
  records: Iterable<PcapRecord, PcapEnd | undefined>,
  { connectionLimit = 1024, recordLimit = 1_000_000, capturedAt }: CaptureOptions = {},
): CaptureTrace {
  const decoder = new PacketDecoder()
  const table = new ConnectionTable(connectionLimit, recordLimit, capturedAt)
  const ignored = { notTcp: 0, cutHeaders: 0, malformed: 0, noRoom: 0 }
  const iterator = records[Symbol.iterator]()
  let origin: PcapRecord | undefined
  let frames = 0
  let next = iterator.next()
  for (; next.done !== true; next = iterator.next()) {
    const record = next.value
    origin ??= record
    frames += 1
    const packet = decoder.decode(record)
    if (typeof packet === 'string') {
      ignored[packet] += 1
      continue
    }
    const micros = record.timeMicros - origin.timeMicros + (record.nanos - origin.nanos) / 1000
    const connection = table.find(packet, micros)
    if (connection === undefined) ignored.noRoom += 1
    else connection.add(packet, frames, micros)
  }
  return {
    connections: table.connections,
    frames,
    ignored,
    originMicros: origin?.timeMicros,
    isCutShort: next.value?.isCutShort ?? false,
  }
}
