/** Devices that cut and merge at the ends of a link: it carries single frames, each with a fate of its own. */
import { expect, test } from 'vitest'
import { complianceRegion, describeDevice } from '../testing/device.compliance.ts'
import { type LinkParameters, perfectLink } from './link-direction.ts'
import { offloadCapabilities } from './simulated-endpoint.ts'
import { SimulatedLink } from './simulated-link.ts'
import { buildSuperFrame, plainSuperFrame } from './testing/offload-bench.ts'

const end = { capabilities: offloadCapabilities(true), merges: true }
const frame = buildSuperFrame({ ...plainSuperFrame, payloadBytes: 10 * 1448 })

function world(forward: Partial<LinkParameters>, farMerges = true) {
  const clock = { micros: 0, nowMicros: () => clock.micros }
  const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
  const link = new SimulatedLink(
    {
      clock,
      seed: 3,
      mtuBytes: 1500,
      forward: { ...perfectLink, ...forward },
      backward: perfectLink,
      nearEnd: end,
      farEnd: { ...end, merges: farMerges },
    },
    nearRegion,
    farRegion,
  )
  const read = (): Uint8Array | undefined => {
    const length = link.far.read(0, 65_549 + 12)
    return length === 0 ? undefined : farRegion.bytes.slice(0, length)
  }
  const send = (): void => {
    nearRegion.bytes.set(frame)
    expect(link.near.write(0, frame.length)).toBe(true)
  }
  return { clock, link, nearRegion, farRegion, send, read }
}

describeDevice('a link between devices that cut and merge', () => {
  const { clock, link, nearRegion, farRegion } = world({ delayMicros: 10 })
  const advance = () => {
    clock.micros += 100
  }
  return { near: link.near, far: link.far, nearRegion, farRegion, advance, close: () => {} }
})

test('a super-frame arrives as it was written, though the link carried its segments', () => {
  const { link, send, read } = world({})
  send()
  expect(link.forward.counters.written).toBe(10)
  expect(Buffer.compare(read() as Uint8Array, frame)).toBe(0)
  expect(read()).toBeUndefined()
})

test('without merging every segment is a frame', () => {
  const { send, read } = world({}, false)
  send()
  const frames = Array.from({ length: 11 }, read)
  expect(frames.map((each) => each?.length)).toEqual([...Array(10).fill(12 + 66 + 1448), undefined])
})

test('what has not arrived yet is not merged', () => {
  // A segment takes 1514 microseconds.
  const { clock, link, send, read } = world({ rateBitsPerSecond: 8e6 })
  send()
  clock.micros = 1514 * 4
  expect(read()?.length).toBe(12 + 66 + 4 * 1448)
  expect(read()).toBeUndefined()
  expect(link.nextEventMicros()).toBe(1514 * 5)
})

test('a lost segment parts those before it from those behind it', () => {
  const { link, send, read } = world({ lossProbability: 0.2 })
  send()
  const { lost } = link.forward.counters
  const payloads: number[] = []
  for (let each = read(); each !== undefined; each = read()) payloads.push((each.length - 12 - 66) / 1448)
  expect(lost).toBeGreaterThan(0)
  expect(payloads.length).toBeGreaterThan(1)
  expect(payloads.reduce((sum, count) => sum + count, 0)).toBe(10 - lost)
})

test('a device that merges has a virtio-net header', () => {
  const plain = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
  const options = { seed: 1, mtuBytes: 1500, forward: perfectLink, backward: perfectLink }
  const clock = { nowMicros: () => 0 }
  const farEnd = { capabilities: plain, merges: true }
  const region = complianceRegion()
  expect(() => new SimulatedLink({ ...options, clock, farEnd }, region, region)).toThrow(RangeError)
})
