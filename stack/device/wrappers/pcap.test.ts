import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Device } from '../device.ts'
import { perfectLink } from '../simulated/link-direction.ts'
import { SimulatedLink } from '../simulated/simulated-link.ts'
import { complianceRegion, describeDevice } from '../testing/device.compliance.ts'
import { mergePcap, readPcap } from './pcap-file.ts'
import { PcapRecorder, type PcapRecorderOptions } from './pcap-recorder.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcap-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const region = complianceRegion()
const clock = {
  micros: 0,
  nowMicros(): number {
    return this.micros | 0
  },
}

function makeLink(): SimulatedLink {
  const options = { clock, seed: 1, mtuBytes: 1500, forward: perfectLink, backward: perfectLink }
  return new SimulatedLink(options, region, region)
}

function recorder(device: Device, name: string, options: Partial<PcapRecorderOptions> = {}): PcapRecorder {
  const origin = { clockMicros: clock.nowMicros(), wallMicros: 1_700_000_000_999_990 }
  return new PcapRecorder(device, region, { path: join(folder, name), clock, origin, ...options })
}

function send(device: Device, name: number, length = 60): void {
  region.bytes.fill(name, 0, length)
  expect(device.write(0, length)).toBe(true)
}

interface Found {
  readonly time: number
  readonly name: number
  readonly captured: number
  readonly length: number
}

function found(name: string): Found[] {
  return [...readPcap(join(folder, name))].map(({ timeMicros, frameLength, bytes }) => ({
    time: timeMicros,
    name: bytes[0] as number,
    captured: bytes.length,
    length: frameLength,
  }))
}

describeDevice('a pcap recorder', () => {
  const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
  const options = { clock, seed: 1, mtuBytes: 1500, forward: perfectLink, backward: perfectLink }
  const link = new SimulatedLink(options, nearRegion, farRegion)
  const origin = { clockMicros: 0, wallMicros: 0 }
  const near = new PcapRecorder(link.near, nearRegion, { path: join(folder, 'near'), clock, origin })
  return {
    near,
    far: link.far,
    nearRegion,
    farRegion,
    advance: () => {},
    close: () => near.close(),
  }
})

describe('recording', () => {
  test('the file has the published header, little-endian', () => {
    const device = recorder(makeLink().near, 'header', { snapBytes: 96 })
    device.close()
    const expected = 'd4c3b2a1 0200 0400 00000000 00000000 60000000 01000000'.replaceAll(' ', '')
    expect(readFileSync(join(folder, 'header')).toString('hex')).toBe(expected)
  })

  test('both directions, in order, with wall-clock times that carry into the second', () => {
    const link = makeLink()
    const device = recorder(link.near, 'both')
    send(device, 1, 60)
    clock.micros += 9
    send(link.far, 2, 61)
    expect(device.read(4096, 1514)).toBe(61)
    expect(device.read(4096, 1514)).toBe(0)
    clock.micros += 1
    send(device, 3, 62)
    device.close()
    expect(found('both')).toEqual([
      { time: 1_700_000_000_999_990, name: 1, captured: 60, length: 60 },
      { time: 1_700_000_000_999_999, name: 2, captured: 61, length: 61 },
      { time: 1_700_000_001_000_000, name: 3, captured: 62, length: 62 },
    ])
  })

  test('times go on past the wrap of the clock', () => {
    clock.micros = 2 ** 31 - 5
    const device = recorder(makeLink().near, 'wrap')
    send(device, 1)
    clock.micros += 10
    send(device, 2)
    device.close()
    const [first, second] = found('wrap') as [Found, Found]
    expect(second.time - first.time).toBe(10)
  })

  test('a long frame is cut to the snap length, and its own length kept', () => {
    const device = recorder(makeLink().near, 'snap', { snapBytes: 96 })
    send(device, 1, 1514)
    device.close()
    expect(found('snap')).toMatchObject([{ captured: 96, length: 1514 }])
  })

  test.each([
    ['', false],
    [', without its virtio-net header', true],
  ])('a frame in three places is recorded as if it lay in one%s', (_, virtioHeader) => {
    const parts = { at: 100, length: 60, bodyAt: 2000, bodyLength: 500, restAt: 1000, restLength: 300 }
    region.bytes.fill(1, 100, 160).fill(2, 2000, 2500).fill(3, 1000, 1300)
    const whole = [...Array(60).fill(1), ...Array(500).fill(2), ...Array(300).fill(3)]
    const frame = whole.slice(virtioHeader ? 12 : 0)
    const capabilities = { frameBytes: 1514, virtioHeader, checksumOffload: false }
    const inner = { capabilities, readParts: () => whole.length, writeParts: () => true, close: () => {} }
    for (const snapBytes of [2000, 700, 300, 20]) {
      const device = recorder(inner as unknown as Device, 'parts', { snapBytes })
      expect(device.writeParts?.(parts)).toBe(true)
      expect(device.readParts?.(parts)).toBe(whole.length)
      device.close()
      const records = [...readPcap(join(folder, 'parts'))]
      expect(records.map(({ frameLength }) => frameLength)).toEqual([frame.length, frame.length])
      for (const { bytes } of records) expect([...bytes]).toEqual(frame.slice(0, snapBytes))
    }
  })

  test('a device that moves frames whole only is recorded as such', () => {
    const { read, write, capabilities } = makeLink().near
    const device = recorder({ read, write, capabilities, close: () => {} } as Device, 'whole')
    expect([device.readParts, device.writeParts]).toEqual([undefined, undefined])
    device.close()
  })

  test('a buffer that fills is written out, losing nothing', () => {
    const device = recorder(makeLink().near, 'flush', { bufferBytes: 0 })
    for (let name = 0; name < 200; name++) send(device, name, 1000)
    device.close()
    expect(found('flush').map(({ name }) => name)).toEqual(Array.from({ length: 200 }, (_, name) => name))
  })

  test('with the smallest buffer, what passed is in the file before anything is closed', () => {
    const device = recorder(makeLink().near, 'at-once', { bufferBytes: 0, snapBytes: 128 })
    expect(found('at-once')).toEqual([])
    for (let name = 0; name < 5; name++) {
      send(device, name, name % 2 === 0 ? 60 : 1000)
      expect(found('at-once').map((frame) => frame.name)).toEqual(
        Array.from({ length: name + 1 }, (_, k) => k),
      )
    }
    device.close()
  })

  test('a frame that the device refused is not recorded', () => {
    const refusing: Device = { ...makeLink().near, capabilities: makeLink().near.capabilities } as Device
    const device = recorder(Object.assign(refusing, { write: () => false, close: () => {} }), 'refused')
    expect(device.write(0, 60)).toBe(false)
    device.close()
    expect(found('refused')).toEqual([])
  })

  test('a virtio-net header is left out', () => {
    const inner: Device = {
      capabilities: { frameBytes: 1514, virtioHeader: true, checksumOffload: true },
      read: () => 0,
      write: () => true,
      wait: () => {},
      wake: () => {},
      close: () => {},
    }
    const device = recorder(inner, 'virtio')
    region.bytes.fill(9, 0, 12)
    region.bytes.fill(5, 12, 72)
    device.write(0, 72)
    device.close()
    expect(found('virtio')).toMatchObject([{ name: 5, captured: 60, length: 60 }])
  })
})

describe('files', () => {
  test('merging orders by time and keeps the order given at equal times', () => {
    clock.micros = 0
    const [first, second] = [recorder(makeLink().near, 'a'), recorder(makeLink().near, 'b')]
    for (let name = 0; name < 300; name++) {
      clock.micros += name % 3 === 0 ? 0 : 1
      send(name % 2 === 0 ? second : first, name % 250, 1400)
    }
    first.close()
    second.close()
    expect(mergePcap([join(folder, 'a'), join(folder, 'b')], join(folder, 'merged'))).toBe(300)
    const merged = found('merged')
    expect(merged).toEqual([...found('a'), ...found('b')].sort((x, y) => x.time - y.time))
    expect(merged.length).toBe(300)
  })

  test('a record cut short ends the file', () => {
    const device = recorder(makeLink().near, 'whole')
    send(device, 1)
    send(device, 2)
    device.close()
    const whole = readFileSync(join(folder, 'whole'))
    writeFileSync(join(folder, 'cut'), whole.subarray(0, whole.length - 1))
    expect(found('cut').map(({ name }) => name)).toEqual([1])
  })

  test('another file is refused by name', () => {
    writeFileSync(join(folder, 'other'), 'not a capture, but long enough to be one')
    expect(() => found('other')).toThrow(/other: not a .* capture file/)
  })

  test('a file is what other programs read as a capture: pcap 2.4, little-endian microseconds, Ethernet', () => {
    const device = recorder(makeLink().near, 'bytes')
    device.write(0, 52)
    device.close()
    const hex = readFileSync(join(folder, 'bytes')).subarray(0, 40).toString('hex')
    // draft-ietf-opsawg-pcap section 4: magic, version, two reserved words, snapshot length 65549, LINKTYPE_ETHERNET.
    expect(hex.slice(0, 48)).toBe('d4c3b2a1' + '02000400' + '00000000' + '00000000' + '0d000100' + '01000000')
    // Section 5: 1700000000 s, 999990 µs, 52 bytes captured, 52 on the wire.
    expect(hex.slice(48)).toBe('00f15365' + '36420f00' + '34000000' + '34000000')
  })
})
