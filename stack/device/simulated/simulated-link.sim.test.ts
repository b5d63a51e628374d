import { describe, expect, test } from 'vitest'
import type { Device } from '../device.ts'
import { complianceRegion, describeDevice } from '../testing/device.compliance.ts'
import { type LinkParameters, perfectLink } from './link-direction.ts'
import { SimulatedLink } from './simulated-link.ts'

class ManualClock {
  micros: number
  constructor(micros: number) {
    this.micros = micros
  }
  nowMicros(): number {
    return this.micros
  }
}

const frameAt = 64
const readAt = 8192

interface World {
  readonly clock: ManualClock
  readonly link: SimulatedLink
  /** Sends a frame of `length` bytes, all equal to `name`, from the near end. */
  send(name: number, length?: number): boolean
  /** Lets time pass from event to event until nothing is under way; returns arrivals at the far end. */
  drain(): { name: number; time: number; bytes: Uint8Array }[]
}

function world(parameters: Partial<LinkParameters>, seed = 1, startMicros = 0, frameCount = 4096): World {
  const clock = new ManualClock(startMicros)
  const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
  const link = new SimulatedLink(
    {
      clock,
      seed,
      mtuBytes: 1500,
      frameCount,
      forward: { ...perfectLink, ...parameters },
      backward: perfectLink,
    },
    nearRegion,
    farRegion,
  )
  return {
    clock,
    link,
    send(name, length = 100) {
      nearRegion.bytes.fill(name, frameAt, frameAt + length)
      return link.near.write(frameAt, length)
    },
    drain() {
      const arrivals = []
      for (
        let next = link.nextEventMicros();
        next < Number.POSITIVE_INFINITY;
        next = link.nextEventMicros()
      ) {
        clock.micros = Math.max(clock.micros, next)
        for (let length = read(link.far); length > 0; length = read(link.far)) {
          const bytes = farRegion.bytes.slice(readAt, readAt + length)
          arrivals.push({ name: bytes[length - 1] as number, time: clock.micros, bytes })
        }
      }
      return arrivals
    },
  }
}

function read(device: Device): number {
  return device.read(readAt, 1514)
}

const times = (arrivals: readonly { time: number }[]): number[] => arrivals.map(({ time }) => time)
const names = (arrivals: readonly { name: number }[]): number[] => arrivals.map(({ name }) => name)
const countTo = (count: number): number[] => Array.from({ length: count }, (_, k) => k)

describeDevice('a simulated link', () => {
  const clock = new ManualClock(0)
  const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
  const slow = { ...perfectLink, rateBitsPerSecond: 1e9, delayMicros: 10 }
  const link = new SimulatedLink(
    { clock, seed: 1, mtuBytes: 1500, forward: slow, backward: slow },
    nearRegion,
    farRegion,
  )
  return {
    near: link.near,
    far: link.far,
    nearRegion,
    farRegion,
    advance: () => {
      clock.micros += 100
    },
    close: () => {},
  }
})

describe('time', () => {
  test('a frame arrives after its serialisation and the delay, not before', () => {
    const { clock, link, send } = world({ rateBitsPerSecond: 8e6, delayMicros: 1000 })
    send(1, 100)
    expect(link.nextEventMicros()).toBe(1100)
    clock.micros = 1099
    expect(read(link.far)).toBe(0)
    clock.micros = 1100
    expect(read(link.far)).toBe(100)
    expect(link.nextEventMicros()).toBe(Number.POSITIVE_INFINITY)
  })

  test('frames queue for the link, and fractions of a microsecond add up', () => {
    const { send, drain } = world({ rateBitsPerSecond: 10e9 })
    for (const name of countTo(100)) send(name, 1250)
    const arrivals = drain()
    expect(times(arrivals)).toEqual(countTo(100).map((name) => name + 1))
    const { send: sendSmall, drain: drainSmall } = world({ rateBitsPerSecond: 10e9 })
    for (const name of countTo(100)) sendSmall(name, 125)
    expect(times(drainSmall()).at(-1)).toBe(10)
  })

  test('it goes on past the wrap of 32-bit microseconds', () => {
    const start = 2 ** 32 - 50
    const { send, drain } = world({ delayMicros: 100 }, 1, start)
    send(1)
    expect(times(drain())).toEqual([start + 100])
  })

  test('jitter spreads arrivals and keeps their order', () => {
    const { send, drain } = world({ delayMicros: 10, jitterMicros: 1000 })
    for (const name of countTo(50)) send(name)
    const arrivals = drain()
    expect(names(arrivals)).toEqual(countTo(50))
    expect(new Set(times(arrivals)).size).toBeGreaterThan(2)
    expect(times(arrivals).at(-1)).toBeGreaterThan(800)
    expect(times(arrivals).at(-1)).toBeLessThanOrEqual(1010)
  })
})

describe('impairments', () => {
  const count = 2000
  const sendMany = ({ clock, send }: World): void => {
    for (const name of countTo(count)) {
      clock.micros += 1
      send(name % 250)
    }
  }

  test('loss: what is lost is counted, the rest arrives in order', () => {
    const here = world({ lossProbability: 0.1 })
    sendMany(here)
    const arrived = here.drain().length
    const { lost, delivered, written } = here.link.forward.counters
    expect(written).toBe(count)
    expect(delivered).toBe(arrived)
    expect(lost).toBe(count - arrived)
    expect(Math.abs(lost - 200)).toBeLessThan(60)
  })

  test('duplication: each duplicate follows its original', () => {
    const here = world({ duplicationProbability: 0.05 })
    sendMany(here)
    const arrivals = names(here.drain())
    const repeats = arrivals.filter((name, at) => at > 0 && arrivals[at - 1] === name).length
    expect(repeats).toBe(here.link.forward.counters.duplicated)
    expect(arrivals.length).toBe(count + repeats)
    expect(repeats).toBeGreaterThan(50)
  })

  test('reordering: a late frame is overtaken by those of its extra delay', () => {
    const here = world({ reorderProbability: 0.01, reorderDelayMicros: 5 })
    sendMany(here)
    const arrivals = names(here.drain())
    // One frame a microsecond: four overtake it, and the fifth, due with it, was sent later.
    const descents = arrivals.filter(
      (name, at) => at > 0 && name === ((arrivals[at - 1] as number) + 246) % 250,
    )
    expect(descents.length).toBeGreaterThan(5)
    expect(arrivals.length).toBe(count)
  })

  test('corruption: one bit, and the sender keeps its own bytes whole', () => {
    const here = world({ corruptionProbability: 1 })
    here.send(0)
    here.send(0)
    for (const { bytes } of here.drain()) {
      const ones = [...bytes].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
      expect(ones).toBe(1)
    }
    expect(here.link.forward.counters.corrupted).toBe(2)
  })

  test('a queue that is full drops, and says so', () => {
    const { link, send, drain } = world({ rateBitsPerSecond: 8e6, queueBytes: 1000 })
    for (const name of countTo(15)) expect(send(name)).toBe(true)
    expect(link.forward.counters.queueDrops).toBe(5)
    expect(names(drain())).toEqual(countTo(10))
  })

  test('more frames under way than the link can hold are refused', () => {
    const { link, send, drain } = world({ delayMicros: 10 }, 1, 0, 3)
    expect(countTo(5).map((name) => send(name))).toEqual([true, true, true, false, false])
    expect(link.forward.counters.refused).toBe(2)
    expect(names(drain())).toEqual([0, 1, 2])
  })

  test('parameters may change in the middle of a run', () => {
    const { link, send, drain } = world({})
    send(1)
    link.forward.parameters = { ...perfectLink, lossProbability: 1 }
    send(2)
    link.forward.parameters = perfectLink
    send(3)
    expect(names(drain())).toEqual([1, 3])
  })

  test('the same seed gives the same run, another seed another', () => {
    const run = (seed: number): string => {
      const here = world(
        {
          rateBitsPerSecond: 1e9,
          delayMicros: 100,
          jitterMicros: 50,
          lossProbability: 0.02,
          duplicationProbability: 0.02,
          reorderProbability: 0.02,
          reorderDelayMicros: 30,
          corruptionProbability: 0.02,
          queueBytes: 20_000,
        },
        seed,
      )
      sendMany(here)
      const arrivals = here.drain()
      const { written, duplicated, delivered, lost, queueDrops, refused } = here.link.forward.counters
      expect(written + duplicated).toBe(delivered + lost + queueDrops + refused)
      return arrivals.map(({ name, time, bytes }) => `${name}@${time}:${bytes.join('')}`).join()
    }
    expect(run(7)).toBe(run(7))
    expect(run(8)).not.toBe(run(7))
  })
})
