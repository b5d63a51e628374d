import { expect, test } from 'vitest'
import { ReceiveRing } from './receive-ring.ts'
import { planReceiveRing, positionAt, type RingLayout, SlotStatus, SlotWord } from './ring-layout.ts'

const layout: RingLayout = { slotBytes: 2048, slotCount: 4, blockBytes: 8192, sizeBytes: 8192 }
const slotWords = layout.slotBytes / 4
const place = 82

function emptyRing(): Int32Array {
  return new Int32Array(layout.sizeBytes / 4)
}

/** What the kernel does when a frame of `length` bytes arrives; `slot` is where it goes on. */
function arrive(words: Int32Array, slot: number, length: number, at = place): void {
  words[slot * slotWords + SlotWord.captured] = length
  words[slot * slotWords + SlotWord.place] = at | ((at + 14) << 16)
  words[slot * slotWords + SlotWord.status] = SlotStatus.filled | (1 << 29)
}

const statusOf = (words: Int32Array, slot: number) => words[slot * slotWords + SlotWord.status]

test('an empty ring has no frame', () => {
  expect(new ReceiveRing(emptyRing(), layout).look()).toBe(false)
})

test('frames are found in their order, and their slots are given back', () => {
  const words = emptyRing()
  const ring = new ReceiveRing(words, layout)
  for (let frame = 0; frame < 10; frame++) {
    const slot = frame % layout.slotCount
    arrive(words, slot, 60 + frame)
    expect(ring.look()).toBe(true)
    expect([ring.frameAt, ring.frameBytes]).toEqual([slot * layout.slotBytes + place, 60 + frame])
    ring.pass()
    expect(statusOf(words, slot)).toBe(SlotStatus.free)
    expect(ring.look()).toBe(false)
  }
})

test('a frame that was looked at and not passed is found again', () => {
  const words = emptyRing()
  const ring = new ReceiveRing(words, layout)
  arrive(words, 0, 60)
  arrive(words, 1, 61)
  for (let look = 0; look < 3; look++) {
    expect(ring.look()).toBe(true)
    expect(ring.frameBytes).toBe(60)
  }
})

test('whoever reads next goes on where the last reader stopped', () => {
  const words = emptyRing()
  const readers = [new ReceiveRing(words, layout), new ReceiveRing(words, layout)]
  const lengths: number[] = []
  for (let frame = 0; frame < 9; frame++) {
    arrive(words, frame % layout.slotCount, 60 + frame)
    const reader = readers[frame % 2] as ReceiveRing
    expect(reader.look()).toBe(true)
    lengths.push(reader.frameBytes)
    reader.pass()
  }
  expect(lengths).toEqual([60, 61, 62, 63, 64, 65, 66, 67, 68])
})

test('a slot that a killed reader passed and did not give back comes round again, and the ring goes on', () => {
  const words = emptyRing()
  arrive(words, 0, 60)
  words[positionAt >> 2] = 1
  const next = new ReceiveRing(words, layout)
  for (const slot of [1, 2, 3]) arrive(words, slot, 60 + slot)
  const lengths: number[] = []
  while (next.look()) {
    lengths.push(next.frameBytes)
    next.pass()
  }
  expect(lengths).toEqual([61, 62, 63, 60])
  arrive(words, 1, 65)
  expect(next.look()).toBe(true)
})

test('a frame never reaches beyond its slot, whatever its words say', () => {
  const words = emptyRing()
  const ring = new ReceiveRing(words, layout)
  arrive(words, 0, 1 << 20)
  expect(ring.look()).toBe(true)
  expect(ring.frameBytes).toBe(layout.slotBytes - place)
})

test.each([1514, 9014, 65_549])(
  'slots have room for frames of %i bytes and what precedes them',
  (frameBytes) => {
    const { slotBytes, slotCount, blockBytes, sizeBytes } = planReceiveRing(frameBytes)
    expect(slotBytes).toBeGreaterThanOrEqual(frameBytes + 96)
    expect(slotBytes).toBeLessThan(4 * frameBytes)
    expect(slotCount).toBeGreaterThanOrEqual(128)
    expect([blockBytes % slotBytes, sizeBytes % blockBytes, sizeBytes]).toEqual([0, 0, slotBytes * slotCount])
  },
)
