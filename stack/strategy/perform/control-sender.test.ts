import { expect, test } from 'vitest'
import type { Device } from '../../device/device.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import { resolveOptions } from '../../socket/options.ts'
import { Bench } from '../../wire/testing/frame-fixtures.ts'
import { planStack } from '../layout/stack-layout.ts'
import { openSequentialThread } from '../sequential/open-thread.ts'
import { cutFrame, sumOf } from '../testing/fragments.ts'

/** What a sequential stack with this host's address transmits when these frames arrive. */
function answersTo(frames: readonly Uint8Array[]): Uint8Array[] {
  const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
  const parameters = resolveOptions({
    strategy: { kind: 'sequential' },
    device: { kind: 'tap', name: 'none', descriptor: -1, capabilities },
    address: '10.0.0.1/8',
    connectionCount: 1,
    sendBufferBytes: 4096,
    receiveBufferBytes: 4096,
    slotCount: 8,
  })
  const layout = planStack(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  const waiting = [...frames]
  const written: Uint8Array[] = []
  const device: Device = {
    capabilities,
    read(at) {
      const frame = waiting.shift()
      if (frame === undefined) return 0
      region.bytes.set(frame, at)
      return frame.length
    },
    write: (at, length) => written.push(region.bytes.slice(at, at + length)) > 0,
    wait() {},
    wake() {},
    close() {},
  }
  const clock = { nowMicros: () => 1000 }
  const parts = { region, layout, parameters, thread: 0, device, clock, seed: 1 }
  openSequentialThread(parts, () => {}).loop.doWork()
  return written
}

test('an error about a packet that came in fragments quotes its beginning, with the header of the whole', () => {
  const bench = new Bench(514, 8192)
  const length = bench.udp(4000)
  const frame = bench.bytes.slice(bench.frameAt, bench.frameAt + length)
  const [error, ...others] = answersTo(cutFrame(frame, 7, 1480)) as [Uint8Array, ...Uint8Array[]]
  expect(others).toEqual([])
  const message = error.subarray(34)
  expect([...message.subarray(0, 2)]).toEqual([3, 3])
  expect(sumOf(message)).toBe(0xffff)
  const quote = message.subarray(8)
  expect(quote.length).toBe(548)
  expect(new DataView(quote.buffer, quote.byteOffset).getUint16(2)).toBe(length - 14)
  expect(sumOf(quote.subarray(0, 20))).toBe(0xffff)
  expect([...quote.subarray(20)]).toEqual([...frame.subarray(34, 34 + 528)])
})
