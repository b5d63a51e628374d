/** A flood of forged SYNs, and an honest transfer beside it, in virtual time; each host's shadow has to stay equal. */

import { describe, expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { writeIpv4Mapped } from '../../wire/address.ts'
import { Format, HeaderWord, OptionBit, TcpFlag } from '../../wire/header.ts'
import { SeededWire, type WireOptions } from '../testing/seeded-wire.ts'
import { addresses, World } from '../testing/world.ts'

const port = 5001
const backlog = 8

/** A SYN from an address that nobody has. */
function forge(random: Random): Int32Array {
  const head = new Int32Array(64)
  head[HeaderWord.format] = Format.tcp
  head[HeaderWord.etherDestinationHigh] = addresses.leftEther[0]
  head[HeaderWord.etherDestinationLow] = addresses.leftEther[1] + 1
  head[HeaderWord.etherSourceHigh] = 0x0400
  head[HeaderWord.etherSourceLow] = random.next()
  writeIpv4Mapped(head, HeaderWord.ipSource, 0x0b000000 + random.below(1 << 16))
  writeIpv4Mapped(head, HeaderWord.ipDestination, addresses.right)
  head[HeaderWord.sourcePort] = 1024 + random.below(60_000)
  head[HeaderWord.destinationPort] = port
  head[HeaderWord.sequence] = random.next()
  head[HeaderWord.flags] = TcpFlag.syn
  head[HeaderWord.window] = 1024
  head[HeaderWord.options] = OptionBit.maximumSegment
  head[HeaderWord.maximumSegment] = 1460
  return head
}

/**
 * The server sends `bytes` to a client that comes in the middle of a flood. Returns the world when both have
 * released.
 */
function fetchDuringFlood(seed: number, bytes: number, wire: Partial<WireOptions>): World {
  const way = new SeededWire({ delayMicros: 5000, ...wire })
  const world = new World({ way, seed, config: { connectionCount: 16 } })
  const { left, right } = world
  const random = new Random(seed)
  right.application.bytesToSend = bytes
  right.listen(port)
  for (let count = 0; count < 4 * backlog; count += 1) right.receive(forge(random))
  left.connect(addresses.right, port)
  const isOver = (): boolean => {
    if (random.chance(0.2)) right.receive(forge(random))
    return left.application.released && right.application.released
  }
  world.run(600_000_000, isOver, () => `seed ${seed}`)
  expect(left.application.contiguous).toBe(bytes)
  return world
}

describe('a client that comes in the middle of a flood', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'gets every byte over a bad wire (seed %i)',
    (seed) => {
      const options = [0, OptionBit.timestamps, OptionBit.windowScale | OptionBit.sackPermitted]
      const world = fetchDuringFlood(seed, 50_000, {
        lossProbability: (seed % 5) / 100,
        jitterMicros: seed % 2 === 0 ? 2000 : 0,
        duplicationProbability: seed % 3 === 0 ? 0.05 : 0,
        strippedOptions: options[seed % 3] as number,
      })
      expect(world.right.counters.cookiesAccepted).toBe(1)
    },
  )

  it('is served as if there were none, on a good wire', () => {
    const { elapsedMicros } = fetchDuringFlood(1, 10_000, {})
    expect(elapsedMicros).toBeLessThan(100_000)
  })
})
