import { expect, test } from 'vitest'
import { addresses, World } from '../../testing/world.ts'

const wire = { delayMicros: 5_000, jitterMicros: 0, lossProbability: 0, duplicationProbability: 0 }

/** RFC 9293 section 3.10.7.4: before the mend, 4,000 packets crossed in twenty seconds and nobody was established. */
test.each([0, 0.05, 0.2])(
  'two of these stacks that open the same connection at once are established, loss %d',
  (lossProbability) => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const world = new World({ ...wire, seed, lossProbability })
      const { left, right } = world
      left.connect(addresses.right, 80, 90)
      right.connect(addresses.left, 90, 80)
      const isConnected = (): boolean =>
        [left, right].every(
          ({ application, counters }) => application.connection !== -1 && counters.activeOpens === 1,
        )
      world.run(200_000_000, isConnected)
      // SYN, SYN-ACK and at most an ACK from each, ARP besides; a few more where frames were lost.
      if (lossProbability === 0) expect(world.transmitted).toBeLessThanOrEqual(10)
      expect(world.transmitted).toBeLessThan(100)
    }
  },
)
