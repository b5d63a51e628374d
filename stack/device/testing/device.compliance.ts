/**
 * What every device does, as tests over a pair of them that are connected. An implementation's own test calls
 * `describeDevice` with how to make such a pair.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import { writeEthernet } from '../../wire/ethernet.ts'
import { virtioHeaderBytes } from '../../wire/virtio.ts'
import type { Device } from '../device.ts'

export interface DevicePair {
  readonly near: Device
  readonly far: Device
  readonly nearRegion: Region
  readonly farRegion: Region
  /** Moves virtual time on; does nothing where the system's clock runs. */
  advance(): void
  close(): void
}

export const complianceRegionBytes = 1 << 19

export function complianceRegion(): Region {
  return openRegion(new SharedArrayBuffer(complianceRegionBytes))
}

/** The ethertype for local experiments (IEEE 802). No host answers it, and it tells our frames from the system's. */
const ourType = 0x88b5
const writeAt = 4096
const readAt = 1 << 18
const guard = 0xa5
const longWaitMicros = 30_000_000
/** Shorter than `longWaitMicros`, so that a wait that does not end fails its test. */
export const waitLimitMillis = 20_000

export function describeDevice(name: string, makePair: () => DevicePair): void {
  describe(`${name} as a device`, () => {
    let pair: DevicePair
    beforeAll(() => {
      pair = makePair()
    })
    afterAll(() => pair.close())

    const headerBytes = (): number => (pair.near.capabilities.virtioHeader ? virtioHeaderBytes : 0)

    /** A frame of `length` bytes without its virtio-net header, told apart by a mark. */
    function writeFrame(region: Region, at: number, length: number, mark: number): void {
      const { bytes } = region
      bytes.fill(0, at, at + headerBytes())
      const frameAt = at + headerBytes()
      writeEthernet(bytes, frameAt, 0xffff, -1, 0x0200, mark, ourType)
      for (let offset = 14; offset < length; offset++) bytes[frameAt + offset] = offset * 13 + mark
    }

    /** The next frame of ours at a device, without its virtio-net header; undefined if none comes. */
    function readFrame(device: Device, region: Region, at = readAt): Uint8Array | undefined {
      for (let attempt = 0; attempt < 200; attempt++) {
        const length = device.read(at, device.capabilities.frameBytes + headerBytes())
        if (length === 0) {
          pair.advance()
          device.wait(1000)
          continue
        }
        const frame = region.bytes.slice(at + headerBytes(), at + length)
        if (frame[12] === ourType >> 8 && frame[13] === (ourType & 0xff)) return frame
      }
      return undefined
    }

    /** Whether the device took the frame at `at`; it is sent then. */
    function send(device: Device, at: number, length: number): boolean {
      const isTaken = device.write(at, length + headerBytes())
      return isTaken && (device.flush?.() ?? 0) === 0
    }

    function expectPassage(length: number, at: number, mark: number): void {
      writeFrame(pair.nearRegion, at, length, mark)
      const frameAt = at + headerBytes()
      const sent = pair.nearRegion.bytes.slice(frameAt, frameAt + length)
      expect(send(pair.near, at, length)).toBe(true)
      expect(readFrame(pair.far, pair.farRegion)).toEqual(sent)
    }

    test('a frame arrives as it was sent', () => expectPassage(100, writeAt, 1))

    test('it does so the other way', () => {
      writeFrame(pair.farRegion, writeAt, 77, 2)
      expect(send(pair.far, writeAt, 77)).toBe(true)
      const sent = pair.farRegion.bytes.slice(writeAt + headerBytes(), writeAt + headerBytes() + 77)
      expect(readFrame(pair.near, pair.nearRegion)).toEqual(sent)
    })

    test.each([0, 1, 2, 3])('from and to any alignment: %i', (offset) => {
      expectPassage(1000 + offset, writeAt + offset, 3)
    })

    test('the smallest and the largest frame pass', () => {
      expectPassage(60, writeAt, 4)
      // With segmentation offload the largest is cut on the way unless it fits the wire.
      const largest = pair.near.capabilities.virtioHeader ? 1514 : pair.near.capabilities.frameBytes
      expectPassage(largest, writeAt, 5)
    })

    test('frames keep their order', () => {
      const count = 20
      for (let k = 0; k < count; k++) {
        writeFrame(pair.nearRegion, writeAt, 100 + k, k)
        expect(pair.near.write(writeAt, 100 + k + headerBytes())).toBe(true)
      }
      expect(pair.near.flush?.() ?? 0).toBe(0)
      const lengths = Array.from({ length: count }, () => readFrame(pair.far, pair.farRegion)?.length)
      expect(lengths).toEqual(Array.from({ length: count }, (_, k) => 100 + k))
    })

    test('once all was read nothing is there', () => {
      expect(readFrame(pair.far, pair.farRegion)).toBeUndefined()
      expect(readFrame(pair.near, pair.nearRegion)).toBeUndefined()
    })

    test('a read stays within its limit', () => {
      writeFrame(pair.nearRegion, writeAt, 300, 6)
      expect(send(pair.near, writeAt, 300)).toBe(true)
      const { bytes } = pair.farRegion
      let length = 0
      for (let attempt = 0; attempt < 200 && length === 0; attempt++) {
        bytes.fill(guard, readAt - 64, readAt + 2048)
        length = pair.far.read(readAt, 100)
        pair.advance()
        if (length === 0) pair.far.wait(1000)
      }
      expect(length).toBeGreaterThan(0)
      expect(length).toBeLessThanOrEqual(100)
      expect(bytes.slice(readAt - 64, readAt).every((byte) => byte === guard)).toBe(true)
      expect(bytes.slice(readAt + 100, readAt + 2048).every((byte) => byte === guard)).toBe(true)
    })

    test('a device that can scatter reads a frame into its parts, as far as each goes', () => {
      const { far, farRegion, near, nearRegion } = pair
      if (far.readParts === undefined) return
      writeFrame(nearRegion, writeAt, 300, 7)
      expect(send(near, writeAt, 300)).toBe(true)
      const [headAt, bodyAt, restAt] = [readAt, readAt + 4096, readAt + 8192]
      const parts = {
        at: headAt,
        length: headerBytes() + 50,
        bodyAt,
        bodyLength: 100,
        restAt,
        restLength: 1500,
      }
      let length = 0
      const { bytes } = farRegion
      // Neither the system's nor one that an earlier test left behind.
      const typeAt = headAt + headerBytes() + 12
      const isOurs = () => bytes[typeAt] === ourType >> 8 && bytes[typeAt - 1] === 7
      for (let attempt = 0; attempt < 200 && !(length > 0 && isOurs()); attempt++) {
        length = far.readParts(parts)
        if (length > 0) continue
        pair.advance()
        far.wait(1000)
      }
      expect(length).toBe(300 + headerBytes())
      const pieces = [bytes.slice(headAt + headerBytes(), headAt + headerBytes() + 50)]
      pieces.push(bytes.slice(bodyAt, bodyAt + 100), bytes.slice(restAt, restAt + 150))
      const frameAt = writeAt + headerBytes()
      expect(Buffer.concat(pieces)).toEqual(Buffer.from(nearRegion.bytes.slice(frameAt, frameAt + 300)))
    })

    test('a place outside the region is a programming error', () => {
      expect(() => pair.near.write(complianceRegionBytes - 50, 60)).toThrow(RangeError)
      expect(() => pair.near.read(complianceRegionBytes - 50, 60)).toThrow(RangeError)
    })

    test('wake ends a wait, also one that begins after it', { timeout: waitLimitMillis }, () => {
      pair.near.wake()
      pair.near.wait(longWaitMicros)
    })

    test('a frame that arrives ends a wait', { timeout: waitLimitMillis }, () => {
      writeFrame(pair.nearRegion, writeAt, 100, 7)
      send(pair.near, writeAt, 100)
      pair.advance()
      pair.far.wait(longWaitMicros)
      expect(readFrame(pair.far, pair.farRegion)).toBeDefined()
    })
  })
}
