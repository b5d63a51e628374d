import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapIpv4 } from './address.ts'
import { FlowKind, flowWords, readFlow } from './flow.ts'
import { Bench, damage, damages, ours, segment, theirs } from './testing/frame-fixtures.ts'

function flowOf(bench: Bench, length: number) {
  const flow = new Int32Array(flowWords)
  return { kind: readFlow(bench.bytes, bench.frameAt, length, flow), flow: [...flow] }
}

test('a segment belongs to the connection of its addresses and ports', () => {
  const bench = new Bench()
  const length = bench.tcp(segment({ sourcePort: 80, destinationPort: 4000 }), 100)
  expect(flowOf(bench, length)).toEqual({ kind: FlowKind.connection, flow: [...mapIpv4(theirs), 80, 4000] })
})

test('an ICMP error belongs to the connection whose segment it quotes', () => {
  const bench = new Bench()
  expect(flowOf(bench, bench.icmpError())).toEqual({
    kind: FlowKind.connection,
    flow: [...mapIpv4(theirs), 80, 4000],
  })
})

test('ARP is told apart, and all else belongs to nobody', () => {
  const bench = new Bench()
  expect(flowOf(bench, bench.arp()).kind).toBe(FlowKind.arp)
  expect(flowOf(bench, bench.echo(56)).kind).toBe(FlowKind.none)
  expect(flowOf(bench, bench.udp(20)).kind).toBe(FlowKind.none)
  expect(ours).not.toBe(theirs)
})

test('nothing outside a frame is read, however it is cut or garbled', () => {
  const bench = new Bench(2)
  const length = bench.tcp(segment({ sourcePort: 80, destinationPort: 4000 }), 0)
  const frame = bench.bytes.slice(2, 2 + length)
  fc.assert(
    fc.property(damages, fc.nat(length), (list, cut) => {
      bench.bytes.set(frame, 2)
      damage(bench.bytes, 2, length, list)
      const before = flowOf(bench, cut)
      bench.bytes.fill(0xaa, 2 + cut)
      bench.bytes.fill(0x55, 0, 2)
      expect(flowOf(bench, cut)).toEqual(before)
    }),
    { seed: 5, numRuns: 2000 },
  )
})
