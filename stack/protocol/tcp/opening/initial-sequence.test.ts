import { describe, expect, it } from 'vitest'
import { peerAddress, TestHost } from '../../testing/host.ts'

const stepMicros = 600_000_000

/** The sequence number of the SYN to `port` of the peer, sent by a host that has been up for `micros`. */
function sequenceOf(
  micros: number,
  remotePort: number,
  localPort = 33_000,
  secret: readonly [number, number] = [5, 6],
): number {
  const host = new TestHost({ secret })
  host.tick()
  // Requests come again and again, as on a real host, where ARP packets arrive.
  for (let passed = 0; passed < micros; passed += stepMicros) {
    host.wait(Math.min(stepMicros, micros - passed))
    host.tick()
  }
  host.learn()
  const [syn] = host.connect(remotePort, localPort)
  if (syn?.action !== 'segment') throw new Error('no SYN')
  return syn.sequence
}

describe('initial sequence numbers (RFC 6528)', () => {
  it('of one tuple grow by one in four microseconds', () => {
    expect((sequenceOf(5_000_000, 80) - sequenceOf(1_000_000, 80)) | 0).toBe(1_000_000)
  })

  it('of one tuple go on over the hours, where 32 bits of microseconds have wrapped', () => {
    const hours = [0, 1, 2, 3, 4].map((hour) => sequenceOf(hour * 3_600_000_000, 80))
    const steps = hours.slice(1).map((sequence, k) => (sequence - (hours[k] as number)) | 0)
    expect(steps).toEqual([900_000_000, 900_000_000, 900_000_000, 900_000_000])
  })

  it('of other tuples, and under other secrets, have nothing to do with each other', () => {
    const numbers = [
      ...[80, 81, 82, 83].map((port) => sequenceOf(0, port)),
      ...[33_001, 33_002].map((port) => sequenceOf(0, 80, port)),
      sequenceOf(0, 80, 33_000, [7, 6]),
    ]
    // Differences of neighbors are spread over the whole space, not a few thousand apart.
    for (const [k, number] of numbers.slice(1).entries()) {
      expect(Math.abs((number - (numbers[k] as number)) | 0)).toBeGreaterThan(1 << 20)
    }
  })

  it('are not those of the random bits of the request, which the wire shows elsewhere', () => {
    const [first, second] = [1, 2].map((random) => {
      const host = new TestHost()
      host.learn()
      host.random = random
      const [syn] = host.connect(80, 33_000, 9, peerAddress)
      return syn?.action === 'segment' ? syn.sequence : undefined
    })
    expect(first).toBe(second)
  })
})
