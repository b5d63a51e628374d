import { expect, test } from 'vitest'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { createMachine } from '../machine.ts'
import { readActions } from '../testing/readable.ts'
import { ownPort, Scenario } from '../testing/scenario.ts'

/** Like the queue of a locked stack: full once a request has used its share, with room again for the next request. */
class HeldQueue extends ActionQueue {
  isHeld = false

  override get isFull(): boolean {
    return this.isHeld || super.isFull
  }
}

test('what a request left to be told comes before what the next one tells of the same connection', () => {
  const scenario = new Scenario()
    .does((host) => host.learn())
    .does((host) => host.listen(ownPort))
    .peerOpens()
  const { host } = scenario
  const queue = new HeldQueue(256)
  const machine = createMachine(host.config, host.words, new Int32Array(host.state), queue)
  queue.isHeld = true
  scenario.sends({ flags: 'ACK', at: 0, ack: 0 })
  machine.apply(0)
  expect([queue.count, machine.hasMore()]).toEqual([0, true])
  queue.isHeld = false
  scenario.sends({ length: 100 })
  machine.apply(0)
  while (machine.hasMore()) machine.resume()
  const told = readActions(queue).flatMap((action) => ('upcall' in action ? [action.upcall] : []))
  expect(told).toEqual(['accepted', 'readable'])
})
