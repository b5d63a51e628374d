/**
 * A packet ring at one end of a veth pair, a packet socket at the other, in a network namespace made here. Needs SYS_ADMIN,
 * NET_ADMIN and the `ip` command, but no container.
 */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Region } from '../../../dominoes/memory/region.ts'
import { virtioTrustsChecksum } from '../../../wire/virtio.ts'
import { type Device, DeviceError } from '../../device.ts'
import { complianceRegion, describeDevice } from '../../testing/device.compliance.ts'
import { describeInNamespace } from '../../testing/in-namespace.ts'
import { superFrameHeaderBytes, superFrameSegmentBytes, writeSuperFrame } from '../../testing/super-frame.ts'
import { makeVeth, nextFrame } from '../../testing/veth.ts'
import { closeDescriptors } from '../descriptor-device.ts'
import { createPacketSocketDevice, openPacketSocket } from '../packet-socket.ts'
import { openPacketRing } from './packet-ring.ts'
import { createPacketRingDevice } from './packet-ring-device.ts'
import { gatheredFrames } from './transmit-ring.ts'

describeInNamespace((opened) => {
  for (const offload of [false, true]) {
    const suffix = offload ? ' with offload' : ''
    const makePair = (ringIsNear: boolean, name: string) => () => {
      const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
      makeVeth(name)
      const ring = opened(openPacketRing({ interfaceName: name, offload }))
      const packets = opened(openPacketSocket({ interfaceName: `${name}p`, offload }))
      const near = ringIsNear
        ? createPacketRingDevice(nearRegion, ring)
        : createPacketSocketDevice(nearRegion, packets)
      const far = ringIsNear
        ? createPacketSocketDevice(farRegion, packets)
        : createPacketRingDevice(farRegion, ring)
      const close = () => {
        near.close()
        far.close()
      }
      return { near, far, nearRegion, farRegion, advance: () => {}, close }
    }
    const name = offload ? 'offload' : 'plain'
    describeDevice(`a packet ring${suffix}`, makePair(true, `${name}0`))
    describeDevice(`a packet socket opposite a packet ring${suffix}`, makePair(false, `${name}1`))
  }

  /** A ring at `name`, a packet socket opposite; both with regions of their own. */
  function openWire(name: string, offload = false) {
    makeVeth(name)
    const [region, farRegion] = [complianceRegion(), complianceRegion()]
    const handle = opened(openPacketRing({ interfaceName: name, offload }))
    const farHandle = opened(openPacketSocket({ interfaceName: `${name}p`, offload }))
    const far = createPacketSocketDevice(farRegion, farHandle)
    return { handle, region, ring: createPacketRingDevice(region, handle), far, farRegion }
  }

  test.each([
    ['super0', 'in one piece'],
    ['super1', 'in three'],
  ])('a super-frame passes %s %s, and its reader learns how to cut it', (name, pieces) => {
    const { ring, region, far, farRegion } = openWire(name, true)
    const length = writeSuperFrame(region.bytes, 40_000)
    if (pieces === 'in one piece') expect(ring.write(0, length)).toBe(true)
    else {
      // As in a ring that ends in the middle of the payload.
      const cut = superFrameHeaderBytes + 25_000
      region.bytes.copyWithin(1 << 17, cut, length)
      const [at, bodyAt, restAt] = [0, superFrameHeaderBytes, 1 << 17]
      const parts = {
        at,
        length: bodyAt,
        bodyAt,
        bodyLength: 25_000,
        restAt,
        restLength: length - cut,
      }
      expect(ring.writeParts?.(parts)).toBe(true)
    }
    expect(ring.flush?.()).toBe(0)
    expect(frameOf(length, far, farRegion)).toEqual(region.bytes.slice(superFrameHeaderBytes, length))
    // And back, through the ring that receives.
    farRegion.bytes.set(region.bytes.subarray(0, length))
    expect(far.write(0, length)).toBe(true)
    expect(frameOf(length, ring, region)).toEqual(farRegion.bytes.slice(superFrameHeaderBytes, length))
    ring.close()
  })

  /** The payload of the next frame of `length` bytes, whose header says that it is to be trusted and cut. */
  function frameOf(length: number, device: Device, { bytes }: Region): Uint8Array {
    const readAt = 1 << 18
    expect(nextFrame(device, readAt)).toBe(length)
    expect(virtioTrustsChecksum(bytes, readAt)).toBe(true)
    expect((bytes[readAt + 4] as number) | ((bytes[readAt + 5] as number) << 8)).toBe(superFrameSegmentBytes)
    return bytes.slice(readAt + superFrameHeaderBytes, readAt + length)
  }

  test('frames are kept until they are flushed, and then all are sent', () => {
    const { ring, far } = openWire('flush0')
    for (let k = 0; k < 5; k++) expect(ring.write(0, 100 + k)).toBe(true)
    expect(far.read(0, 1514)).toBe(0)
    expect(ring.flush?.()).toBe(0)
    expect(Array.from({ length: 5 }, () => nextFrame(far))).toEqual([100, 101, 102, 103, 104])
    ring.close()
  })

  test('many frames leave by themselves, all but the last few', () => {
    const { ring, far } = openWire('flush1')
    // Twice round the ring, and a few.
    const together = 64 * gatheredFrames
    const count = together + gatheredFrames - 1
    for (let k = 0; k < count; k++) expect(ring.write(0, 100 + (k % 50))).toBe(true)
    for (let k = 0; k < together; k++) expect(nextFrame(far)).toBe(100 + (k % 50))
    expect(far.read(0, 1514)).toBe(0)
    expect(ring.flush?.()).toBe(0)
    for (let k = together; k < count; k++) expect(nextFrame(far)).toBe(100 + (k % 50))
    ring.close()
  })

  test('frames leave from wherever they lie, whatever lay in their slots before', () => {
    const { ring, region, far, farRegion } = openWire('places0')
    // Broadcast to whoever listens, of a protocol that nobody speaks.
    region.bytes.fill(0xff, 0, 4096)
    const readAt = 1 << 18
    // Several rounds of the ring.
    for (let k = 0; k < 1000; k++) {
      const [at, length] = [k % 37, 60 + ((k * 131) % 1400)]
      region.bytes[at + length - 1] = k
      expect(ring.write(at, length)).toBe(true)
      expect(ring.flush?.()).toBe(0)
      expect(nextFrame(far, readAt)).toBe(length)
      expect(farRegion.bytes.slice(readAt, readAt + length)).toEqual(region.bytes.slice(at, at + length))
      region.bytes[at + length - 1] = 0xff
    }
    ring.close()
  })

  test('threads that take the reading over from one another read every frame once', () => {
    const { handle, region, ring, far } = openWire('turns0')
    const readers = [
      ring,
      createPacketRingDevice(region, handle),
      createPacketRingDevice(complianceRegion(), handle),
    ]
    const lengths: number[] = []
    // Several rounds of the ring.
    for (let k = 0; k < 5000; k++) {
      far.write(0, 60 + (k % 97))
      lengths.push(nextFrame(readers[k % 3] as Device))
    }
    expect(lengths).toEqual(Array.from({ length: 5000 }, (_, k) => 60 + (k % 97)))
    for (const reader of readers) reader.close()
  })

  test('a device whose ring is full reads what came first, and then what comes after it', () => {
    const { ring, far } = openWire('flood0')
    // The ring holds 2048 frames of this size.
    for (let k = 0; k < 2500; k++) far.write(0, 60 + (k % 97))
    for (let k = 0; k < 2048; k++) expect(nextFrame(ring)).toBe(60 + (k % 97))
    expect(ring.read(0, 1514)).toBe(0)
    far.write(0, 1000)
    expect(nextFrame(ring)).toBe(1000)
    ring.close()
  })

  test('frames that an interface cannot send are lost, and said to be; it sends again when it is up again', () => {
    const { ring, far } = openWire('down0')
    execFileSync('ip', ['link', 'set', 'down0', 'down'])
    expect([ring.write(0, 100), ring.write(0, 101)]).toEqual([true, true])
    expect(ring.flush?.()).toBe(2)
    expect(ring.flush?.()).toBe(0)
    execFileSync('ip', ['link', 'set', 'down0', 'up'])
    expect(ring.write(0, 102)).toBe(true)
    expect(ring.flush?.()).toBe(0)
    expect(nextFrame(far)).toBe(102)
    ring.close()
  })

  test('an interface that goes down does not keep its reader awake', { timeout: 20_000 }, () => {
    const { ring } = openWire('down1')
    execFileSync('ip', ['link', 'set', 'down1', 'down'])
    const start = performance.now()
    // The first tells that it went down.
    ring.wait(1000)
    ring.wait(50_000)
    expect(performance.now() - start).toBeGreaterThan(50)
    ring.close()
  })

  test('a frame that no slot has room for leaves after those written before it, and before those after it', () => {
    const { ring, region, far } = openWire('order0', true)
    const length = writeSuperFrame(region.bytes, 40_000)
    // A frame that asks for nothing.
    const plainAt = 1 << 17
    for (const bytes of [60, 61]) expect(ring.write(plainAt, bytes + 12)).toBe(true)
    expect(ring.write(0, length)).toBe(true)
    expect(ring.write(plainAt, 62 + 12)).toBe(true)
    expect(ring.flush?.()).toBe(0)
    expect(Array.from({ length: 4 }, () => nextFrame(far))).toEqual([72, 73, length, 74])
    ring.close()
  })

  test('a device that is gone throws', () => {
    makeVeth('gone0')
    const handle = openPacketRing({ interfaceName: 'gone0' })
    const ring = createPacketRingDevice(complianceRegion(), handle)
    closeDescriptors(handle)
    expect(() => ring.wait(1000)).toThrow(DeviceError)
    ring.close()
  })

  test('an absent interface says what is wrong', () => {
    expect(() => openPacketRing({ interfaceName: 'absent' })).toThrow(/absent: ENODEV/)
  })
})
