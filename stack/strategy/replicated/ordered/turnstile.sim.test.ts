import { describe, expect, test } from 'vitest'
import { Random } from '../../../device/random.ts'
import { openRegion, RegionPlan } from '../../../dominoes/memory/region.ts'
import { planSignal, Signal } from '../../../dominoes/memory/signal.ts'
import { noBuffer } from '../../perform/transmitter.ts'
import { OrderedTransmitter } from './ordered-transmitter.ts'
import { initialiseTurnstile, planTurnstile } from './turnstile.ts'

const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
const bufferBytes = 128

/** Threads over one turnstile, and a device that notes which frames it is given; each holds its own number. */
function open(threads: number, bufferCount: number, first: number, count = 16) {
  const plan = new RegionPlan()
  const layout = planTurnstile(plan, count)
  const signalAt = planSignal(plan)
  const countersAt = plan.reserve(threads * 128) / 4
  const buffersAt = plan.reserve(threads * bufferCount * bufferBytes)
  const region = openRegion(plan.allocate().buffer)
  initialiseTurnstile(region, layout, first)
  const left: number[] = []
  const transmitters = Array.from({ length: threads }, (_, thread) => {
    const write = (at: number) => {
      left.push(region.words[at / 4] as number)
      return true
    }
    const device = { capabilities, write, read: () => 0, wait() {}, wake() {}, close() {} }
    return new OrderedTransmitter({
      region,
      layout,
      device,
      buffersAt: buffersAt + thread * bufferCount * bufferBytes,
      bufferCount,
      bufferBytes,
      countersAt: countersAt + thread * 32,
      moved: new Signal(region, signalAt),
    })
  })
  const build = (at: number, frame: number) => {
    region.words[at / 4] = frame
  }
  return { transmitters, left, build }
}

const numbers = (first: number, count: number) => Array.from({ length: count }, (_, k) => (first + k) | 0)

const firsts = [0, 0x7ffffff0, -9]

describe.each(firsts)('frames from %i', (first) => {
  test.each([1, 2, 4, 8])(
    'leave in order with %i buffers a thread, whoever builds how many',
    (bufferCount) => {
      for (let seed = 1; seed <= 25; seed++) {
        const random = new Random(seed)
        const below = (limit: number) => (random.next() >>> 0) % limit
        const threads = 1 + below(5)
        const { transmitters, left, build } = open(threads, bufferCount, first)
        const total = 200
        let claimed = 0
        const longestRun = 1 + below(12)
        const hands = transmitters.map(() => ({ frame: 0, remaining: 0, at: noBuffer }))
        for (let steps = 0; left.length < total; steps++) {
          expect([seed, steps < 200_000]).toEqual([seed, true])
          const thread = below(threads)
          const hand = hands[thread] as (typeof hands)[0]
          const transmitter = transmitters[thread] as (typeof transmitters)[0]
          if (hand.remaining === 0) {
            hand.frame = (first + claimed) | 0
            hand.remaining = Math.min(1 + below(longestRun), total - claimed)
            claimed += hand.remaining
          } else if (hand.at < 0) {
            hand.at = transmitter.bufferFor(hand.frame, hand.remaining > 1, false)
            if (hand.at >= 0) build(hand.at, hand.frame)
          } else {
            transmitter.transmit(hand.at, 4)
            hand.frame = (hand.frame + 1) | 0
            hand.remaining -= 1
            hand.at = noBuffer
          }
        }
        expect(left).toEqual(numbers(first, total))
      }
    },
  )
})

test('a thread waits only when all its buffers hold frames whose turn has not come', () => {
  const { transmitters, left, build } = open(2, 2, 0)
  const [slow, quick] = transmitters as [OrderedTransmitter, OrderedTransmitter]
  const late = slow.bufferFor(0, false, false)
  build(late, 0)
  for (const frame of [1, 2]) {
    const at = quick.bufferFor(frame, false, false)
    build(at, frame)
    quick.transmit(at, 4)
  }
  expect(quick.bufferFor(3, false, false)).toBe(noBuffer)
  expect(left).toEqual([])
  slow.transmit(late, 4)
  expect(left).toEqual([0, 1, 2])
  expect(quick.bufferFor(3, false, false)).toBeGreaterThanOrEqual(0)
})

test('a frame too far ahead of the turn waits, buffers or not', () => {
  const { transmitters } = open(1, 4, 0, 4)
  expect(transmitters[0]?.bufferFor(3, false, false)).toBeGreaterThanOrEqual(0)
  expect(transmitters[0]?.bufferFor(4, false, false)).toBe(noBuffer)
})

test('a thread that comes with the next frame, too, keeps the turn until its last', () => {
  const { transmitters, left, build } = open(2, 2, 0)
  const [first, second] = transmitters as [OrderedTransmitter, OrderedTransmitter]
  const transmit = (by: OrderedTransmitter, frame: number, isFollowed: boolean) => {
    const at = by.bufferFor(frame, isFollowed, false)
    build(at, frame)
    by.transmit(at, 4)
  }
  transmit(first, 0, true)
  transmit(second, 3, false)
  transmit(first, 1, true)
  expect(left).toEqual([0, 1])
  transmit(first, 2, false)
  expect(left).toEqual([0, 1, 2, 3])
  transmit(second, 4, false)
  expect(left).toEqual([0, 1, 2, 3, 4])
})

test('a super-frame that is cut waits for its turn, and its pieces leave together', () => {
  const { transmitters, left, build } = open(2, 2, 0)
  const [slow, quick] = transmitters as [OrderedTransmitter, OrderedTransmitter]
  const first = slow.bufferFor(0, false, false)
  expect(quick.bufferFor(1, false, true)).toBe(noBuffer)
  build(first, 0)
  slow.transmit(first, 4)
  const later = slow.bufferFor(2, false, false)
  build(later, 2)
  slow.transmit(later, 4)
  const pieces = quick.bufferFor(1, false, true)
  for (const piece of [10, 11, 12]) {
    build(pieces, piece)
    quick.transmit(pieces, 4, piece < 12)
  }
  expect(left).toEqual([0, 10, 11, 12, 2])
})

test('a thread that keeps the turn may come with a super-frame that is cut', () => {
  const { transmitters, left, build } = open(1, 2, 0)
  const [one] = transmitters as [OrderedTransmitter]
  for (const [frame, isCut] of [
    [0, false],
    [1, true],
  ] as const) {
    const at = one.bufferFor(frame, frame === 0, isCut)
    build(at, frame)
    if (isCut) one.transmit(at, 4, true)
    one.transmit(at, 4)
  }
  expect(left).toEqual([0, 1, 1])
})

test('a frame in place of the one whose turn a thread keeps is a defect', () => {
  const { transmitters } = open(1, 2, 0)
  const [one] = transmitters as [OrderedTransmitter]
  one.transmit(one.bufferFor(0, true, false), 4)
  const wrong = one.bufferFor(2, false, false)
  expect(() => one.transmit(wrong, 4)).toThrow('in place of')
})
