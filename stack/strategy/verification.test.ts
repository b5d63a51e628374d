import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Device } from '../device/device.ts'
import { SlotWord } from '../dominoes/contract/slot.ts'
import { openRegion } from '../dominoes/memory/region.ts'
import { resolveOptions } from '../socket/options.ts'
import { HeaderWord, TcpFlag, Verdict } from '../wire/header.ts'
import { Bench, damage, damages, segment } from '../wire/testing/frame-fixtures.ts'
import { virtioHeaderBytes, writeVirtioOffload, writeVirtioPlain } from '../wire/virtio.ts'
import { type VerificationFactor, verificationFactors } from './factors.ts'
import { planStack } from './layout/stack-layout.ts'
import { openSequentialThread } from './sequential/open-thread.ts'
import { cutFrame } from './testing/fragments.ts'

const payloadBytes = 100
const record = segment({ sourcePort: 80, destinationPort: 4000, sequence: 7, flags: TcpFlag.ack, window: 99 })

/** A frame, as a device hands it over: with a virtio-net header or without. */
interface Arrival {
  readonly frame: Uint8Array
  readonly virtio?: 'plain' | 'partial checksum'
  /** In place of the frame: its fragments. */
  readonly fragments?: readonly Uint8Array[]
}

function validFrame(): Uint8Array {
  const bench = new Bench()
  const length = bench.tcp(record, payloadBytes)
  return bench.bytes.slice(bench.frameAt, bench.frameAt + length)
}

/** Reads one frame through the source into a slot and checks it there: what the domain says, and its head. */
function verdictOf({ frame, virtio, fragments = [frame] }: Arrival, verification: VerificationFactor) {
  const capabilities = {
    frameBytes: 1514,
    virtioHeader: virtio !== undefined,
    checksumOffload: virtio !== undefined,
  }
  const parameters = resolveOptions({
    strategy: { kind: 'sequential' },
    device: { kind: 'tap', name: 'none', descriptor: -1, capabilities },
    address: '10.0.0.1/24',
    verification,
    connectionCount: 1,
    sendBufferBytes: 4096,
    receiveBufferBytes: 4096,
    slotCount: 8,
  })
  const layout = planStack(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  const waiting = [...fragments]
  const device: Device = {
    capabilities,
    read(at) {
      const next = waiting.shift()
      if (next === undefined) return 0
      const headerBytes = virtio === undefined ? 0 : virtioHeaderBytes
      if (virtio === 'plain') writeVirtioPlain(region.bytes, at)
      if (virtio === 'partial checksum') writeVirtioOffload(region.bytes, at, 54, 0, 34, 16)
      region.bytes.set(next, at + headerBytes)
      return headerBytes + next.length
    },
    write: () => true,
    wait() {},
    wake() {},
    close() {},
  }
  const clock = { nowMicros: () => 1000 }
  const parts = { region, layout, parameters, thread: 0, device, clock, seed: 1 }
  const { source, domain } = openSequentialThread(parts, () => {})
  // Damage can make a fragment of it, which the reader refuses without a request.
  if (source.poll() === 0) return { verdict: Verdict.notForUs, sequence: undefined }
  const slot = layout.framework.channel.slotsWord
  const verdict = domain.check(slot)
  return { verdict, sequence: region.words[slot + SlotWord.head + HeaderWord.sequence] }
}

test.each(verificationFactors)('%s: a valid frame is accepted and decoded', (verification) => {
  expect(verdictOf({ frame: validFrame() }, verification)).toEqual({ verdict: Verdict.accepted, sequence: 7 })
})

test('a damaged payload is refused wherever it is verified, and taken where it is not', () => {
  const frame = validFrame()
  frame[frame.length - 5] = (frame[frame.length - 5] as number) ^ 0x40
  expect(verdictOf({ frame }, 'claimed').verdict).toBe(Verdict.badChecksum)
  expect(verdictOf({ frame }, 'before').verdict).toBe(Verdict.badChecksum)
  expect(verdictOf({ frame }, 'trusted').verdict).toBe(Verdict.accepted)
})

test('what the device vouches for is accepted, and only that', () => {
  const frame = validFrame()
  frame[frame.length - 5] = (frame[frame.length - 5] as number) ^ 0x40
  for (const verification of ['claimed', 'before'] as const) {
    expect(verdictOf({ frame, virtio: 'partial checksum' }, verification).verdict).toBe(Verdict.accepted)
    expect(verdictOf({ frame, virtio: 'plain' }, verification).verdict).toBe(Verdict.badChecksum)
  }
})

test('trusting spares no header: a malformed one is refused', () => {
  const frame = validFrame()
  frame[14] = 0x43
  for (const verification of verificationFactors) {
    expect(verdictOf({ frame }, verification).verdict).toBe(Verdict.malformed)
  }
})

test('damage anywhere is judged the same by the claimant and by the reader', () => {
  const lengths = fc.oneof({ weight: 7, arbitrary: fc.constant(154) }, { weight: 1, arbitrary: fc.nat(153) })
  fc.assert(
    fc.property(lengths, damages, (length, list) => {
      const frame = validFrame().slice(0, length)
      damage(frame, 0, length, list)
      expect(verdictOf({ frame }, 'before').verdict).toBe(verdictOf({ frame }, 'claimed').verdict)
    }),
    { seed: 5, numRuns: 200 },
  )
})

test('a packet that came in fragments is verified as a whole, whatever a device says of a fragment', () => {
  const bench = new Bench(514, 8192)
  const length = bench.udp(3000)
  const frame = bench.bytes.slice(bench.frameAt, bench.frameAt + length)
  const damaged = frame.slice()
  damaged[2000] = (damaged[2000] as number) ^ 0x40
  for (const verification of ['claimed', 'before'] as const) {
    for (const virtio of [undefined, 'plain', 'partial checksum'] as const) {
      const verdictFor = (of: Uint8Array) =>
        verdictOf({ frame: of, fragments: cutFrame(of, 7, 1480), ...(virtio && { virtio }) }, verification)
      expect(verdictFor(frame).verdict).toBe(Verdict.accepted)
      expect(verdictFor(damaged).verdict).toBe(Verdict.badChecksum)
    }
  }
})
