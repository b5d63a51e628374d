/**
 * A simulated host with a given strategy, and one that pings it, in virtual time; everything follows from the seed.
 */
import type { Device } from '../../device/device.ts'
import { Random } from '../../device/random.ts'
import { perfectLink } from '../../device/simulated/link-direction.ts'
import { SimulatedLink } from '../../device/simulated/simulated-link.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import { spared } from '../../dominoes/testing/killing.ts'
import type { Death } from '../../sim/hosts/deaths.ts'
import { SimHost } from '../../sim/hosts/sim-host.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { HostWorld } from '../../sim/hosts/world.ts'
import { drawCosts } from '../../sim/testing/pair.ts'
import { mtuBytes, planStack, simulatedParameters } from '../../sim/testing/parameters.ts'
import type { StrategyOption } from '../options.ts'
import { PingingPeer, type PingPlan } from './pinging-peer.ts'

const limitMicros = 900e6

/** What went wrong, empty if every request was answered with what it carried. `deaths`: of the host's replicas. */
export function exchangePings(
  seed: number,
  strategy: StrategyOption,
  plan: PingPlan,
  deaths?: readonly Death[],
): readonly string[] {
  const random = new Random(seed)
  const clock = new SimulatedClock()
  const slotCount = random.chance(0.3) ? 16 : 256
  const stack = planStack(simulatedParameters(strategy, 0, { slotCount }))
  const peerRegion = openRegion(new SharedArrayBuffer(2048))
  const wire = { ...perfectLink, delayMicros: 10 + random.below(500) }
  const options = { clock, seed, mtuBytes, forward: wire, backward: wire }
  const link = new SimulatedLink(options, stack.region, peerRegion)
  const peer = new PingingPeer({
    plan,
    device: link.far,
    bytes: peerRegion.bytes,
    random: new Random(random.next()),
    nowMicros: () => clock.nowMicros(),
  })
  const host = new SimHost({
    clock,
    clockOrigin: random.next(),
    ...stack,
    device: deaths === undefined ? link.near : sparedDevice(link.near),
    application: peer,
    costs: drawCosts(random),
    seed: random.next(),
    ...(deaths && { deaths }),
  })
  const events = { nextEventMicros: () => Math.min(link.nextEventMicros(), peer.nextEventMicros()) }
  const world = new HostWorld(clock, [host], events)
  const isOver = world.run(() => peer.isDone, limitMicros)
  const problems = [...peer.problems]
  if (!isOver && problems.length === 0) problems.push('did not end in time')
  world.settle(1e6)
  return [...problems, ...world.finish().problems]
}

/** A device whose reads and writes are the kernel's: a thread is killed before or after one. */
function sparedDevice(device: Device): Device {
  return {
    capabilities: device.capabilities,
    read: (at, limit) => spared(() => device.read(at, limit)),
    write: (at, length) => spared(() => device.write(at, length)),
    wait() {},
    wake() {},
    close() {},
  }
}
