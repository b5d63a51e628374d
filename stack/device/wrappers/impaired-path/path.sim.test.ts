import { expect, test } from 'vitest'
import { EtherType, writeEthernet } from '../../../wire/ethernet.ts'
import type { Device } from '../../device.ts'
import { type LinkParameters, perfectLink } from '../../simulated/link-direction.ts'
import { SimulatedLink } from '../../simulated/simulated-link.ts'
import { complianceRegion } from '../../testing/device.compliance.ts'
import { resolveImpairment } from './impairment-option.ts'
import { ImpairedPath } from './path.ts'

const bufferAt = 4096
const frameLength = 64

class ManualClock {
  micros = 0
  nowMicros(): number {
    return this.micros
  }
}

/** Stack and wire at the two ends of a path; each is a device of its own on a perfect link to it. */
function world(parameters: Partial<LinkParameters>, etherType: number = EtherType.ipv4) {
  const clock = new ManualClock()
  const region = complianceRegion()
  const link = () =>
    new SimulatedLink(
      { clock, seed: 1, mtuBytes: 1500, frameCount: 8192, forward: perfectLink, backward: perfectLink },
      region,
      region,
    )
  const [inner, outer] = [link(), link()]
  const path = new ImpairedPath({
    region,
    bufferAt,
    near: inner.far,
    far: outer.near,
    clock,
    seed: 7,
    parameters: { ...perfectLink, ...parameters },
  })
  return {
    clock,
    path,
    stack: inner.near,
    wire: outer.far,
    send(from: Device, name: number) {
      region.bytes.fill(name, 0, frameLength)
      writeEthernet(region.bytes, 0, 0x0200, 1, 0x0200, 2, etherType)
      expect(from.write(0, frameLength)).toBe(true)
      while (path.doWork() > 0);
    },
    /** Lets time pass until nothing is held; names and whole frames of what has arrived, with their times. */
    receive(at: Device) {
      const arrivals: { name: number; micros: number; bytes: Uint8Array }[] = []
      for (;;) {
        while (path.doWork() > 0);
        while (at.read(2048, 1514) > 0) {
          const bytes = region.bytes.slice(2048, 2048 + frameLength)
          arrivals.push({ name: bytes[frameLength - 1] as number, micros: clock.micros, bytes })
        }
        const micros = path.microsUntilDue()
        if (micros === Number.POSITIVE_INFINITY) return arrivals
        clock.micros += Math.max(1, micros)
      }
    },
  }
}

const countTo = (count: number): number[] => Array.from({ length: count }, (_, k) => k)
const names = (arrivals: { name: number }[]) => arrivals.map(({ name }) => name)

test('a path that does nothing carries every frame, both ways', () => {
  const { path, stack, wire, send, receive } = world({})
  for (const name of countTo(100)) send(stack, name)
  expect(names(receive(wire))).toEqual(countTo(100))
  for (const name of countTo(50)) send(wire, name)
  expect(names(receive(stack))).toEqual(countTo(50))
  expect(path.outgoing.counters).toMatchObject({ written: 100, delivered: 100, delayed: 0, lost: 0 })
  expect(path.incoming.counters).toMatchObject({ written: 50, delivered: 50 })
})

test('what is lost, duplicated, reordered and corrupted is counted by direction', () => {
  const { path, stack, wire, send, receive } = world({
    lossProbability: 0.2,
    duplicationProbability: 0.2,
    reorderProbability: 0.2,
    reorderDelayMicros: 500,
  })
  for (const name of countTo(200)) send(stack, name)
  const arrived = names(receive(wire))
  const { lost, duplicated, reordered, delivered, delayed } = path.outgoing.counters
  expect(arrived).toHaveLength(200 - lost + duplicated)
  expect(delivered).toBe(arrived.length)
  for (const count of [lost, duplicated, reordered]) expect(count).toBeGreaterThan(20)
  expect(delayed).toBe(reordered)
  expect(arrived).not.toEqual(arrived.toSorted((a, b) => a - b))
  expect(path.incoming.counters.written).toBe(0)
})

test('both directions have draws of their own', () => {
  const { path, stack, wire, send } = world({ lossProbability: 0.5 })
  for (const name of countTo(200)) send(stack, name)
  for (const name of countTo(200)) send(wire, name)
  expect(path.outgoing.counters.lost).not.toBe(path.incoming.counters.lost)
})

test('a delayed frame is due when the path says, and not before', () => {
  const { clock, path, stack, wire, send, receive } = world({ delayMicros: 5000 })
  clock.micros = 100
  send(stack, 1)
  expect(path.microsUntilDue()).toBe(5000)
  clock.micros = 5099
  while (path.doWork() > 0);
  expect(wire.read(0, 1514)).toBe(0)
  expect(receive(wire)).toMatchObject([{ name: 1, micros: 5100 }])
  expect(path.outgoing.counters.delayed).toBe(1)
})

test('a link of so many bits a second takes its time for each frame, and drops what its queue cannot hold', () => {
  const { path, stack, wire, send, receive } = world({
    rateBitsPerSecond: 512_000,
    queueBytes: 10 * frameLength,
  })
  for (const name of countTo(30)) send(stack, name)
  // 64 bytes at 512 kbit/s: a millisecond each. The queue counts what is being sent, too.
  expect(receive(wire).map(({ micros }) => micros)).toEqual(countTo(10).map((k) => 1000 * (k + 1)))
  expect(path.outgoing.counters).toMatchObject({ written: 30, delivered: 10, queueDrops: 20 })
})

test('more frames than can be held are refused, and counted', () => {
  const { path, stack, send } = world({ delayMicros: 1_000_000 })
  for (const name of countTo(4100)) send(stack, name & 0xff)
  expect(path.outgoing.counters).toMatchObject({ written: 4100, refused: 4 })
})

test('corruption flips one bit of a frame, but not of one that nothing protects', () => {
  const damaged = world({ corruptionProbability: 1 })
  damaged.send(damaged.stack, 0)
  const [frame] = damaged.receive(damaged.wire)
  const expected = new Uint8Array(frameLength)
  writeEthernet(expected, 0, 0x0200, 1, 0x0200, 2, EtherType.ipv4)
  const flipped = expected.reduce((bits, byte, k) => bits + ones(byte ^ (frame?.bytes[k] as number)), 0)
  expect(flipped).toBe(1)
  expect(damaged.path.outgoing.counters.corrupted).toBe(1)

  const spared = world({ corruptionProbability: 1 }, EtherType.arp)
  spared.send(spared.stack, 0)
  expect(spared.receive(spared.wire)).toHaveLength(1)
  expect(spared.path.outgoing.counters.corrupted).toBe(0)
})

function ones(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length
}

test('what has arrived and finds no room is lost, and counted so', () => {
  const { path, stack, wire, send } = world({})
  send(stack, 1)
  expect(wire.read(0, 1514)).toBe(frameLength)
  path.outgoing.loseDelivered()
  expect(path.outgoing.counters).toMatchObject({ written: 1, delivered: 0, refused: 1 })
})

test.each([
  [{ lossProbability: 1.5 }, 'lossProbability must be 0 to 1, not 1.5'],
  [{ delayMicros: -1 }, 'delayMicros must be 0 to 1000000, not -1'],
  [{ delayMicros: 2e6 }, 'delayMicros must be 0 to 1000000'],
  [{ rateBitsPerSecond: 10 }, 'rateBitsPerSecond must be 64000 to Infinity'],
  [{ queueBytes: 9000 }, 'queueBytes needs rateBitsPerSecond'],
  [{ reorderProbability: 0.1 }, 'reorderProbability needs reorderDelayMicros'],
  [{ loss: 0.1 } as object, "an impairment has no 'loss', but lossProbability"],
])('%j is refused, saying why', (option, words) => {
  expect(() => resolveImpairment(option)).toThrow(RangeError)
  expect(() => resolveImpairment(option)).toThrow(words)
})

test('what is not said does not happen, and a rate has a queue', () => {
  expect(resolveImpairment({ seed: 3 })).toEqual(perfectLink)
  expect(resolveImpairment({ rateBitsPerSecond: 1e6 }).queueBytes).toBe(262_144)
})
