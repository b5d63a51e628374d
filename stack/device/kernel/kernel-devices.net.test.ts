/**
 * The devices that the kernel is behind: a TAP at one end, a packet socket on the same interface at the other,
 * in a network namespace made here. Needs SYS_ADMIN, NET_ADMIN and /dev/net/tun, but no container.
 */
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { virtioTrustsChecksum } from '../../wire/virtio.ts'
import { DeviceError } from '../device.ts'
import { complianceRegion, describeDevice, waitLimitMillis } from '../testing/device.compliance.ts'
import { describeInNamespace } from '../testing/in-namespace.ts'
import { superFrameSegmentBytes, writeSuperFrame } from '../testing/super-frame.ts'
import { closeDescriptors } from './descriptor-device.ts'
import { interfaceMtu, setInterfaceUp } from './interface-request.ts'
import { createPacketSocketDevice, openPacketSocket } from './packet-socket.ts'
import { createTapDevice, openTap, superFrameBytes } from './tap.ts'

describeInNamespace((opened) => {
  for (const offload of [false, true]) {
    const suffix = offload ? ' with offload' : ''
    const name = offload ? 'offload0' : 'plain0'
    const makePair = (tapIsNear: boolean, device: string) => () => {
      const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
      const tap = opened(openTap({ name: device, mtuBytes: 1500, offload }))
      setInterfaceUp(device)
      const packets = opened(openPacketSocket({ interfaceName: device, offload }))
      const near = tapIsNear
        ? createTapDevice(nearRegion, tap)
        : createPacketSocketDevice(nearRegion, packets)
      const far = tapIsNear ? createPacketSocketDevice(farRegion, packets) : createTapDevice(farRegion, tap)
      return { near, far, nearRegion, farRegion, advance: () => {}, close: () => {} }
    }
    describeDevice(`a TAP${suffix}`, makePair(true, name))
    describeDevice(`a packet socket${suffix}`, makePair(false, `${name}b`))
  }

  test('the kernel names a TAP that has no name, and sets its MTU', () => {
    const handle = opened(openTap({ mtuBytes: 9000 }))
    expect(handle.name).toMatch(/^tap\d+$/)
    expect(interfaceMtu(handle.name)).toBe(9000)
    expect(handle.capabilities).toEqual({
      frameBytes: 9014,
      virtioHeader: false,
      checksumOffload: false,
      segmentationOffload: false,
    })
  })

  test('with offload a device takes super-frames and checksums', () => {
    const handle = opened(openTap({ mtuBytes: 1500, offload: true }))
    expect(handle.capabilities).toEqual({
      frameBytes: 65549,
      virtioHeader: true,
      checksumOffload: true,
      segmentationOffload: true,
    })
  })

  test.each([
    ['super0', 'in one piece'],
    ['super1', 'in three'],
  ])('the kernel takes a super-frame %s %s, and tells a reader how to cut it', (name, pieces) => {
    const tap = opened(openTap({ name, mtuBytes: 1500, offload: true }))
    setInterfaceUp(name)
    const packets = opened(openPacketSocket({ interfaceName: name, offload: true }))
    const region = complianceRegion()
    const { bytes } = region
    const payloadBytes = 40_000
    writeSuperFrame(bytes, payloadBytes)
    const device = createTapDevice(region, tap)
    if (pieces === 'in one piece') expect(device.write(0, 66 + payloadBytes)).toBe(true)
    else {
      // As in a ring that ends in the middle of the payload.
      bytes.copyWithin(1 << 17, 66 + 25_000, 66 + payloadBytes)
      const parts = {
        at: 0,
        length: 66,
        bodyAt: 66,
        bodyLength: 25_000,
        restAt: 1 << 17,
        restLength: payloadBytes - 25_000,
      }
      expect(device.writeParts?.(parts)).toBe(true)
    }
    const far = createPacketSocketDevice(region, packets)
    const readAt = 1 << 18
    let length = 0
    for (let attempt = 0; attempt < 100 && length !== 66 + payloadBytes; attempt++) {
      length = far.read(readAt, superFrameBytes + 12)
      if (length === 0) far.wait(1000)
    }
    expect(length).toBe(66 + payloadBytes)
    expect(bytes.slice(readAt + 66, readAt + length)).toEqual(bytes.slice(66, 66 + payloadBytes))
    expect(virtioTrustsChecksum(bytes, readAt)).toBe(true)
    expect((bytes[readAt + 4] as number) | ((bytes[readAt + 5] as number) << 8)).toBe(superFrameSegmentBytes)
  })

  test('another thread ends a wait through descriptors it was handed', {
    timeout: waitLimitMillis,
  }, async () => {
    const handle = opened(openTap({ mtuBytes: 1500 }))
    const code = `
      import { workerData } from 'node:worker_threads'
      const { createTapDevice } = await import(workerData.tap)
      createTapDevice({ buffer: new SharedArrayBuffer(128) }, workerData.handle).wake()
    `
    const tap = new URL('./tap.ts', import.meta.url).href
    const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`)
    const worker = new Worker(url, { workerData: { tap, handle } })
    createTapDevice(complianceRegion(), handle).wait(30_000_000)
    await worker.terminate()
  })

  test('a name in use, a name too long and an absent interface say what is wrong', () => {
    opened(openTap({ name: 'taken', mtuBytes: 1500 }))
    expect(() => openTap({ name: 'taken', mtuBytes: 1500 })).toThrow(/EBUSY.*ip link delete taken/)
    expect(() => openTap({ name: 'sixteencharacter', mtuBytes: 1500 })).toThrow(/at most 15 characters/)
    expect(() => openPacketSocket({ interfaceName: 'absent' })).toThrow(/absent: ENODEV/)
  })

  test('an interface that is down reads nothing and takes nothing', () => {
    const handle = opened(openTap({ mtuBytes: 1500 }))
    const device = createTapDevice(complianceRegion(), handle)
    expect(device.read(0, 1514)).toBe(0)
    expect(device.write(0, 60)).toBe(false)
  })

  test('a device that is gone throws', () => {
    const handle = openTap({ mtuBytes: 1500 })
    const device = createTapDevice(complianceRegion(), handle)
    closeDescriptors(handle)
    expect(() => device.read(0, 1514)).toThrow(DeviceError)
  })
})
