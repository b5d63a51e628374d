/**
 * An impaired path on its own thread, between two pairs of descriptors: one stands for the stack's, one for
 * the wire.
 */
import { describe, expect, onTestFinished, test } from 'vitest'
import { openEventFd } from '../../kernel/descriptor-device.ts'
import { createFramePairDevice, openFramePair } from '../../simulated/frame-pair.ts'
import { complianceRegion, describeDevice } from '../../testing/device.compliance.ts'
import type { ImpairmentOption } from './impairment-option.ts'
import { openImpairedPath } from './open-path.ts'

const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
const longWaitMicros = 30_000_000

function openWorld(impairment: ImpairmentOption) {
  const wire = openFramePair('wire')
  const path = openImpairedPath({ kind: 'frame-pair', name: 'wire', fd: wire.near, capabilities }, impairment)
  const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
  const open = (fd: number, region: typeof nearRegion) =>
    createFramePairDevice(region, { name: 'wire', fd, eventFd: openEventFd('wire'), capabilities })
  return {
    path,
    near: open(path.descriptor, nearRegion),
    far: open(wire.far, farRegion),
    nearRegion,
    farRegion,
    advance: () => {},
    close: async () => {
      await path.close()
      wire.close()
    },
  }
}

describeDevice('a path that does nothing', () => {
  const world = openWorld({})
  // The path's thread takes a while to start, longer than the tests of a device wait for a frame.
  world.near.write(0, 60)
  while (world.far.read(0, 1514) === 0) world.far.wait(longWaitMicros)
  return { ...world, close: () => void world.close() }
})

describe('frames that are held', () => {
  test('leave when they are due though no thread of the stack reads or waits', async () => {
    const world = openWorld({ delayMicros: 20_000 })
    onTestFinished(() => world.close())
    const { near, far, path } = world
    const sent = 10
    for (let k = 0; k < sent; k++) expect(near.write(0, 100)).toBe(true)
    const startedAt = performance.now()
    let read = 0
    while (read < sent) {
      far.wait(longWaitMicros)
      while (far.read(0, 1514) > 0) read += 1
    }
    // From below only: a delay that is too short would be wrong, one too long is a busy machine.
    expect(performance.now() - startedAt).toBeGreaterThan(15)
    await expect
      .poll(() => path.counters().outgoing)
      .toMatchObject({ written: sent, delivered: sent, delayed: sent })
  })

  test('wake who waits for them', async () => {
    const world = openWorld({ delayMicros: 1000, duplicationProbability: 1 })
    onTestFinished(() => world.close())
    const { near, far, path } = world
    expect(far.write(0, 77)).toBe(true)
    const lengths: number[] = []
    while (lengths.length < 2) {
      near.wait(longWaitMicros)
      for (let length = near.read(0, 1514); length > 0; length = near.read(0, 1514)) lengths.push(length)
    }
    expect(lengths).toEqual([77, 77])
    await expect
      .poll(() => path.counters().incoming)
      .toMatchObject({ written: 1, delivered: 2, duplicated: 1 })
  })
})

test('the same seed loses the same frames', async () => {
  const lostWith = async (seed: number): Promise<number> => {
    const world = openWorld({ lossProbability: 0.3, seed })
    try {
      for (let k = 0; k < 200; k++) expect(world.near.write(0, 60 + k)).toBe(true)
      await expect.poll(() => world.path.counters().outgoing.written).toBe(200)
      let sum = 0
      for (let length = world.far.read(0, 1514); length > 0; length = world.far.read(0, 1514)) sum += length
      return sum
    } finally {
      await world.close()
    }
  }
  const first = await lostWith(5)
  expect(await lostWith(5)).toBe(first)
  expect(await lostWith(6)).not.toBe(first)
})
