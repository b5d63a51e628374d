import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Device } from '../../device/device.ts'
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import { Upcall, UpcallRecord } from '../../protocol/actions.ts'
import { mailWords, Request } from '../../protocol/requests.ts'
import { resolveOptions } from '../../socket/options.ts'
import { formatHardwareAddress } from '../../wire/addresses.ts'
import { readInt32, readUint16 } from '../../wire/big-endian.ts'
import { ethernetHeaderBytes } from '../../wire/ethernet.ts'
import { TcpFlag } from '../../wire/header.ts'
import { ipv4HeaderBytes } from '../../wire/ipv4.ts'
import { Bench, ourHardware, segment } from '../../wire/testing/frame-fixtures.ts'
import type { UpcallPort } from '../running/running-stack.ts'
import { lockedBatch } from './locked.ts'
import { lockedStrategy } from './strategy.ts'

const port = 80
const firstPeerPort = 2000
const payloadBytes = 10
const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }

/**
 * Hands over frames as one batch; keeps the sequence numbers with which connections were answered, by the
 * peer's port.
 */
class BatchDevice implements Device {
  readonly capabilities = capabilities
  readonly answered = new Map<number, number>()
  readonly #region: Region
  #frames: readonly Uint8Array[] = []

  constructor(region: Region) {
    this.#region = region
  }

  arrive(frames: readonly Uint8Array[]): void {
    expect(frames.length).toBeLessThanOrEqual(lockedBatch)
    this.#frames = frames
  }

  read(at: number): number {
    const [frame, ...rest] = this.#frames
    this.#frames = rest
    if (frame === undefined) return 0
    this.#region.bytes.set(frame, at)
    return frame.length
  }

  write(at: number, length: number): boolean {
    const { bytes } = this.#region
    const tcp = at + ethernetHeaderBytes + ipv4HeaderBytes
    if (length > tcp - at) this.answered.set(readUint16(bytes, tcp + 2), readInt32(bytes, tcp + 4))
    return true
  }

  wait(): void {}
  wake(): void {}
  close(): void {}
}

function frame(build: (bench: Bench) => number): Uint8Array {
  const bench = new Bench()
  const length = build(bench)
  return bench.bytes.slice(bench.frameAt, bench.frameAt + length)
}

const tcp = (peer: number, fields: Parameters<typeof segment>[0], bytes = 0) =>
  frame((bench) =>
    bench.tcp(
      segment({ sourcePort: firstPeerPort + peer, destinationPort: port, window: 0xffff, ...fields }),
      bytes,
    ),
  )

interface SeenUpcall {
  readonly kind: number
  readonly connection: number
  readonly position: number
}

function takeAll(region: Region, outbox: UpcallPort): SeenUpcall[] {
  const seen: SeenUpcall[] = []
  for (let at = outbox.peek(); at >= 0; at = outbox.peek()) {
    seen.push({
      kind: region.words[at + UpcallRecord.upcall] as number,
      connection: region.words[at + UpcallRecord.connection] as number,
      position: region.words[at + UpcallRecord.position] as number,
    })
    outbox.advance()
  }
  return seen
}

/** The last handshake segment and the first bytes of connections, in one batch: `order` names each peer twice. */
function upcallsOfBatch(order: readonly number[]): SeenUpcall[] {
  const parameters = resolveOptions({
    strategy: { kind: 'locked', workers: 1 },
    device: { kind: 'tap', name: 'none', descriptor: -1, capabilities },
    // Everybody is on the link.
    address: '10.0.0.1/0',
    etherAddress: formatHardwareAddress(ourHardware.high, ourHardware.low),
    connectionCount: 8,
    sendBufferBytes: 4096,
    receiveBufferBytes: 4096,
    slotCount: 8,
  })
  const layout = lockedStrategy.plan(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  lockedStrategy.initialise(region, layout, 0)
  const device = new BatchDevice(region)
  const clock = { nowMicros: () => 1000 }
  const thread = lockedStrategy.openThread({ region, layout, parameters, thread: 0, device, clock, seed: 1 })
  const { application } = lockedStrategy.openEnds(region, layout, () => {})
  const handle = (frames: readonly Uint8Array[]) => {
    device.arrive(frames)
    while (thread.doWork() > 0);
  }
  const listen = new Int32Array(mailWords)
  listen.set([Request.listen, 1, port, 8])
  application.mailbox.tryPostRecord(listen)
  handle([frame((bench) => bench.arp())])
  handle([...new Set(order)].map((peer) => tcp(peer, { sequence: 0, flags: TcpFlag.syn })))
  const left = takeAll(region, application.outbox)
  expect(left.map(({ kind }) => kind)).toEqual([Upcall.listening])
  const greeted = new Set<number>()
  const batch = order.map((peer) => {
    const acknowledgment = ((device.answered.get(firstPeerPort + peer) as number) + 1) | 0
    const fields = { sequence: 1, acknowledgment, flags: TcpFlag.ack }
    if (greeted.has(peer)) return tcp(peer, fields, payloadBytes)
    greeted.add(peer)
    return tcp(peer, fields)
  })
  handle(batch)
  return takeAll(region, application.outbox)
}

test('what a request of a batch left to be told comes before what the next one tells', () => {
  const peers = lockedBatch / 2
  const twice = Array.from({ length: 2 * peers }, (_, place) => place % peers)
  fc.assert(
    fc.property(fc.shuffledSubarray(twice, { minLength: twice.length }), (order) => {
      const seen = upcallsOfBatch(order)
      const connections = [...new Set(seen.map(({ connection }) => connection))]
      expect(connections).toHaveLength(peers)
      for (const connection of connections) {
        const told = seen.filter((upcall) => upcall.connection === connection)
        expect(told.map(({ kind }) => kind)).toEqual([Upcall.accepted, Upcall.readable])
        expect(told[1]?.position).toBe(payloadBytes)
      }
    }),
    { seed: 1, numRuns: 50 },
  )
})
