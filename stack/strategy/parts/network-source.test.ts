import { expect, test } from 'vitest'
import type { Mailbox } from '../../dominoes/channel/mailbox.ts'
import { slotBytesForFrames } from '../../dominoes/contract/slot.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import { OptionBit, TcpFlag } from '../../wire/header.ts'
import { Bench, segment } from '../../wire/testing/frame-fixtures.ts'
import { LocalSlots } from '../layout/local-slots.ts'
import type { StreamBuffers } from '../layout/stream-buffers.ts'
import { NetworkSource } from './network-source.ts'
import { FrameReader } from './reading/frame-reader.ts'
import { holdFrames } from './reading/testing/waiting-frames.ts'
import type { Reassembler } from './reassembly/reassembler.ts'
import { HostArgument } from './slot-frame.ts'

const slotCount = 16
const payloadBytes = 100

/** A data segment that starts so many segments into the stream. */
function frameAt(place: number, port = 80): Uint8Array {
  const bench = new Bench()
  const record = segment({
    sourcePort: port,
    destinationPort: 4000,
    sequence: place * payloadBytes,
    flags: TcpFlag.ack,
    options: OptionBit.timestamps,
  })
  const length = bench.tcp(record, payloadBytes)
  return bench.bytes.slice(bench.frameAt, bench.frameAt + length)
}

/** What one poll makes of frames that wait in the device. */
function poll(frames: readonly Uint8Array[], coalesces = true) {
  const region = openRegion(new SharedArrayBuffer(slotCount * slotBytesForFrames + 4096))
  const slots = new LocalSlots(region.words, { slotsWord: 0, slotCount, slotBytes: slotBytesForFrames }, 0)
  const published: number[] = []
  const publish = slots.publish.bind(slots)
  slots.publish = (count) => {
    published.push(count)
    publish(count)
  }
  const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
  // Whole: so they are told apart, and none becomes part of another.
  const { readParts, ...device } = holdFrames(region.bytes, frames, capabilities)
  const source = new NetworkSource({
    region,
    sink: slots,
    device,
    reassembler: { sweep: () => {} } as unknown as Reassembler,
    mailbox: { peek: () => -1, taken: 0 } as unknown as Mailbox,
    clock: { nowMicros: () => 1 },
    random: { next: () => 7 },
    batch: slotCount,
    verifies: false,
    reader: new FrameReader({
      region,
      device,
      slotBytes: slotBytesForFrames,
      scatters: true,
      coalesces,
    }),
    partsLayout: { region, slotBytes: slotBytesForFrames, virtioHeader: false, buffers: {} as StreamBuffers },
    countersAt: (slotCount * slotBytesForFrames) / 4,
    microsUntilDeadline: () => 1,
    doorbell: {} as Signal,
  })
  source.poll()
  const followed = Array.from(
    { length: slots.filled },
    (_, k) => region.words[slots.slotAt(k) + HostArgument.isFollowed],
  )
  return { published, followed }
}

test('a segment whose follower was read with it is marked, also where they are published apart', () => {
  const { published, followed } = poll([0, 1, 2, 3, 4, 5].map((place) => frameAt(place)))
  expect(followed).toEqual([1, 1, 1, 1, 1, 0])
  expect(published).toEqual([4, 2])
})

test('what comes between two segments, or is missing, ends a burst', () => {
  expect(poll([frameAt(0), frameAt(1, 81), frameAt(1), frameAt(2)]).followed).toEqual([0, 0, 1, 0])
  expect(poll([frameAt(0), frameAt(2), frameAt(3)]).followed).toEqual([0, 1, 0])
})

test('nothing is marked where that is switched off', () => {
  expect(poll([frameAt(0), frameAt(1)], false).followed).toEqual([0, 0])
})
