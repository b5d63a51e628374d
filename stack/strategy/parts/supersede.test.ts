import { expect, test } from 'vitest'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import { Request } from '../../protocol/requests.ts'
import { OptionBit, TcpFlag } from '../../wire/header.ts'
import { Bench, segment } from '../../wire/testing/frame-fixtures.ts'
import { virtioHeaderBytes } from '../../wire/virtio.ts'
import { readingAt } from './slot-frame.ts'
import { supersede } from './supersede.ts'

const slotWords = 512

/** An acknowledgment by a host that sends nothing, behind a device's header of marks. */
function ackOf(acknowledgment: number, headerBytes: number): Uint8Array {
  const bench = new Bench()
  const options = OptionBit.timestamps
  const length = bench.tcp(segment({ sourcePort: 80, acknowledgment, flags: TcpFlag.ack, options }), 0)
  const frame = bench.bytes.slice(bench.frameAt, bench.frameAt + length)
  return Uint8Array.from([...Array(headerBytes).fill(acknowledgment & 0xff), ...frame])
}

test.each([0, virtioHeaderBytes])(
  'a newer ACK takes the place of the older, with a header of %i bytes',
  (headerBytes) => {
    const region = openRegion(new SharedArrayBuffer(2 * 4 * slotWords))
    const { bytes, words } = region
    const [before, slot] = [0, slotWords]
    const [older, newer] = [ackOf(1000, headerBytes), ackOf(2000, headerBytes)]
    bytes.set(older, readingAt(before) - headerBytes)
    bytes.set(newer, readingAt(slot) - headerBytes)
    words[before + SlotWord.kind] = Request.frame
    words[before + SlotWord.length] = older.length - headerBytes
    expect(supersede(region, before, slot, newer.length - headerBytes, headerBytes)).toBe(true)
    const at = readingAt(before) - headerBytes
    expect(bytes.slice(at, at + newer.length)).toEqual(newer)
    expect(words[before + SlotWord.length]).toBe(newer.length - headerBytes)
    // The one that is older than what is there now takes nothing.
    bytes.set(older, readingAt(slot) - headerBytes)
    expect(supersede(region, before, slot, older.length - headerBytes, headerBytes)).toBe(false)
  },
)
