import { describe, expect, test } from 'vitest'
import { RegionPlan } from '../dominoes/region.ts'
import { complianceRegion, describeDevice } from './device.compliance.ts'
import type { Device } from './device.ts'
import { ImpairedDevice, impairedDeviceBytes } from './impairment.ts'
import { type Impairment, noImpairment } from './impairment-draw.ts'
import { perfectLink, SimulatedLink } from './simulated-link.ts'

const frameCount = 64
const writeAt = 0
const readAt = 2048

class ManualClock {
  micros = 0
  nowMicros(): number {
    return this.micros
  }
}

interface World {
  readonly clock: ManualClock
  readonly device: ImpairedDevice
  /** A second wrapper of the same device and stores, as another thread has it. */
  readonly twin: ImpairedDevice
  send(device: Device, name: number): boolean
  /** Names of all frames that can be read now. */
  receive(device: Device): number[]
  readonly far: Device
}

function world(outgoing: Partial<Impairment>, incoming: Partial<Impairment> = {}): World {
  const clock = new ManualClock()
  const plan = new RegionPlan()
  const frames = plan.reserve(8192)
  expect(frames).toBe(0)
  const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
  const storeAt = plan.reserve(impairedDeviceBytes(capabilities, frameCount))
  const region = plan.allocate()
  const options = { clock, seed: 1, mtuBytes: 1500, forward: perfectLink, backward: perfectLink }
  const link = new SimulatedLink(options, region, region)
  const wrap = (seed: number): ImpairedDevice =>
    new ImpairedDevice(link.near, {
      region,
      storeAt,
      frameCount,
      clock,
      seed,
      outgoing: { ...noImpairment, ...outgoing },
      incoming: { ...noImpairment, ...incoming },
    })
  return {
    clock,
    device: wrap(1),
    twin: wrap(2),
    far: link.far,
    send(device, name) {
      region.bytes.fill(name, writeAt, writeAt + 64)
      return device.write(writeAt, 64)
    },
    receive(device) {
      const names: number[] = []
      while (device.read(readAt, 1514) > 0) names.push(region.bytes[readAt + 63] as number)
      return names
    },
  }
}

const countTo = (count: number): number[] => Array.from({ length: count }, (_, k) => k)

describeDevice('an impairment that does nothing', () => {
  const clock = new ManualClock()
  const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
  const options = { clock, seed: 1, mtuBytes: 1500, forward: perfectLink, backward: perfectLink }
  const link = new SimulatedLink(options, nearRegion, farRegion)
  const near = new ImpairedDevice(link.near, {
    region: nearRegion,
    storeAt: 8192,
    frameCount: 8,
    clock,
    seed: 1,
    outgoing: noImpairment,
    incoming: noImpairment,
  })
  return { near, far: link.far, nearRegion, farRegion, advance: () => {}, close: () => {} }
})

describe('outgoing', () => {
  test('loss is silent and counted', () => {
    const { device, far, send, receive } = world({ lossProbability: 0.3 })
    for (const name of countTo(200)) expect(send(device, name)).toBe(true)
    const { lost } = device.counters.outgoing
    expect(lost).toBeGreaterThan(30)
    expect(receive(far).length).toBe(200 - lost)
  })

  test('a delayed frame leaves with the next read of any thread once it is due', () => {
    const { clock, device, twin, far, send, receive } = world({ delayMicros: 100 })
    send(device, 1)
    clock.micros = 99
    receive(twin)
    expect(receive(far)).toEqual([])
    clock.micros = 100
    receive(twin)
    expect(receive(far)).toEqual([1])
  })

  test('jitter keeps the order, reordering does not', () => {
    const jittery = world({ jitterMicros: 1000 })
    for (const name of countTo(50)) jittery.send(jittery.device, name)
    jittery.clock.micros = 1000
    jittery.device.wait(0)
    expect(jittery.receive(jittery.far)).toEqual(countTo(50))

    const reordering = world({ reorderProbability: 0.2, reorderDelayMicros: 10 })
    for (const name of countTo(50)) reordering.send(reordering.device, name)
    reordering.clock.micros = 10
    reordering.device.wait(0)
    const arrivals = reordering.receive(reordering.far)
    expect(arrivals).not.toEqual(countTo(50))
    expect(arrivals.toSorted((a, b) => a - b)).toEqual(countTo(50))
  })

  test('a frame for which the store has no room is lost, and the writer knows', () => {
    const { device, send } = world({ delayMicros: 100 })
    const results = countTo(frameCount + 2).map((name) => send(device, name))
    expect(results.filter((isSent) => !isSent).length).toBe(2)
    expect(device.counters.overflows).toBe(2)
  })
})

describe('incoming', () => {
  test('loss, duplication and delay', () => {
    const { clock, device, far, send, receive } = world(
      {},
      { lossProbability: 0.1, duplicationProbability: 0.1, delayMicros: 50 },
    )
    for (const name of countTo(40)) send(far, name)
    expect(receive(device)).toEqual([])
    clock.micros = 50
    const arrivals = receive(device)
    const { lost, duplicated } = device.counters.incoming
    expect(arrivals.length).toBe(40 - lost + duplicated)
    expect(lost + duplicated).toBeGreaterThan(0)
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b))
  })

  test('corruption flips one bit of what is read', () => {
    const { device, far, send } = world({}, { corruptionProbability: 1 })
    send(far, 0)
    expect(device.read(readAt, 1514)).toBe(64)
    expect(device.counters.incoming.corrupted).toBe(1)
  })
})

test('a wait is no longer than until the next held frame is due', () => {
  const clock = new ManualClock()
  const waits: number[] = []
  const inner: Device = {
    capabilities: { frameBytes: 1514, virtioHeader: false, checksumOffload: false },
    read: () => 0,
    write: () => true,
    wait: (micros) => waits.push(micros),
    wake: () => {},
    close: () => {},
  }
  const region = complianceRegion()
  const wrapped = new ImpairedDevice(inner, {
    region,
    storeAt: 8192,
    frameCount: 8,
    clock,
    seed: 1,
    outgoing: { ...noImpairment, delayMicros: 70 },
    incoming: noImpairment,
  })
  wrapped.wait(1000)
  wrapped.write(0, 64)
  clock.micros = 20
  wrapped.wait(1000)
  expect(waits).toEqual([1000, 50])
})
