import { expect, test } from 'vitest'
import { type RingLayout, SlotStatus, SlotWord, sentAt } from './ring-layout.ts'
import { gatheredFrames, TransmitRing } from './transmit-ring.ts'

const layout: RingLayout = { slotBytes: 2048, slotCount: 8, blockBytes: 16_384, sizeBytes: 16_384 }

/** The kernel's side of a ring: takes what is complete, from where it stopped, and lets go of it when told. */
class Kernel {
  readonly words = new Int32Array(layout.sizeBytes / 4)
  readonly lengths: number[] = []
  #head = 0

  /** Takes at most `limit` frames. */
  take(limit = layout.slotCount): void {
    for (let taken = 0; taken < limit && this.#status(this.#head) === SlotStatus.filled; taken++) {
      const slot = this.#slot(this.#head)
      this.lengths.push(this.words[slot + SlotWord.length] as number)
      this.words[slot + SlotWord.status] = SlotStatus.sending
      this.#head = (this.#head + 1) % layout.slotCount
    }
  }

  /** All frames that were taken are gone; the kernel notes times in the same word. */
  letGo(): void {
    for (let k = 0; k < layout.slotCount; k++)
      if (this.#status(k) === SlotStatus.sending) this.words[this.#slot(k) + SlotWord.status] = 1 << 29
  }

  refuseFirst(): void {
    this.words[this.#slot(this.#head) + SlotWord.status] = SlotStatus.malformed
  }

  #status(k: number): number {
    return this.words[this.#slot(k) + SlotWord.status] as number
  }

  #slot(k: number): number {
    return (k * layout.slotBytes) / 4
  }
}

function fill(ring: TransmitRing, lengths: readonly number[]): void {
  for (const length of lengths) {
    expect(ring.nextFrameAt(0)).toBeGreaterThanOrEqual(0)
    ring.fill(length)
  }
}

test('frames are written one slot after the other, and begin again', () => {
  const kernel = new Kernel()
  const ring = new TransmitRing(kernel.words, layout)
  for (let frame = 0; frame < 20; frame++) {
    expect(ring.nextFrameAt(0)).toBe((frame % layout.slotCount) * layout.slotBytes + sentAt)
    ring.fill(100 + frame)
    expect(ring.unsent).toBe(1)
    kernel.take()
    expect(ring.noteTaken()).toBe(true)
    expect(ring.unsent).toBe(0)
    kernel.letGo()
  }
  expect(kernel.lengths).toEqual(Array.from({ length: 20 }, (_, frame) => 100 + frame))
})

test('a frame is placed in step with where it is copied from, and its slot says where', () => {
  const kernel = new Kernel()
  const ring = new TransmitRing(kernel.words, layout)
  for (let at = 1000; at < 1008; at++) {
    const slot = (at - 1000) * layout.slotBytes
    const to = ring.nextFrameAt(at)
    expect([to & 7, kernel.words[slot / 4 + SlotWord.place]]).toEqual([at & 7, to - slot])
    expect(to + ring.roomBytes).toBeLessThanOrEqual(slot + layout.slotBytes)
    ring.fill(100)
  }
})

test('it is time to send once so many frames have gathered', () => {
  const ring = new TransmitRing(new Kernel().words, layout)
  for (let frame = 1; frame < gatheredFrames; frame++) expect(ring.fill(100)).toBe(false)
  expect(ring.fill(100)).toBe(true)
})

test('a ring whose frames are still on their way has no room, until the kernel lets go of them', () => {
  const kernel = new Kernel()
  const ring = new TransmitRing(kernel.words, layout)
  fill(ring, [1, 2, 3, 4, 5, 6, 7, 8])
  expect(ring.nextFrameAt(0)).toBe(-1)
  kernel.take()
  ring.noteTaken()
  expect(ring.nextFrameAt(0)).toBe(-1)
  kernel.letGo()
  expect(ring.nextFrameAt(0)).toBe(sentAt)
})

test('what the kernel did not take stays unsent, and is taken at the next call', () => {
  const kernel = new Kernel()
  const ring = new TransmitRing(kernel.words, layout)
  fill(ring, [1, 2, 3, 4, 5])
  kernel.take(2)
  expect(ring.noteTaken()).toBe(true)
  expect(ring.unsent).toBe(3)
  expect(ring.noteTaken()).toBe(false)
  kernel.take()
  ring.noteTaken()
  expect(ring.unsent).toBe(0)
  expect(kernel.lengths).toEqual([1, 2, 3, 4, 5])
})

test('what is withdrawn is never sent, and the kernel goes on with the frame after it', () => {
  const kernel = new Kernel()
  const ring = new TransmitRing(kernel.words, layout)
  fill(ring, [1, 2, 3, 4, 5])
  kernel.take(2)
  ring.noteTaken()
  expect(ring.withdraw()).toBe(3)
  expect(ring.unsent).toBe(0)
  kernel.letGo()
  fill(ring, [6, 7])
  kernel.take()
  ring.noteTaken()
  expect([ring.unsent, kernel.lengths]).toEqual([0, [1, 2, 6, 7]])
})

test('a frame that the kernel cannot read is not taken', () => {
  const kernel = new Kernel()
  const ring = new TransmitRing(kernel.words, layout)
  fill(ring, [1, 2])
  kernel.refuseFirst()
  expect(ring.noteTaken()).toBe(false)
  expect(ring.withdraw()).toBe(2)
  fill(ring, [3])
  kernel.take()
  ring.noteTaken()
  expect(kernel.lengths).toEqual([3])
})
