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
import { runWorld, settleWorld } from '../../sim/hosts/world.ts'
import type { StrategyOption } from '../options.ts'
import { strategyOf } from '../strategies.ts'
import { parametersOf } from './compliance-world.ts'
import { PingingPeer, type PingPlan } from './pinging-peer.ts'

const mtuBytes = 1500
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
  const parameters = parametersOf(strategy, 0, random)
  const layout = strategyOf(parameters).plan(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  const peerRegion = openRegion(new SharedArrayBuffer(2048))
  const wire = { ...perfectLink, delayMicros: 10 + random.below(500) }
  const link = new SimulatedLink({ clock, seed, mtuBytes, forward: wire, backward: wire }, region, peerRegion)
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
    parameters,
    layout,
    region,
    device: deaths === undefined ? link.near : sparedDevice(link.near),
    application: peer,
    costs: {
      roundMicros: 1 + random.below(20),
      actionMicros: 1 + random.below(50),
      preemption: random.chance(0.5) ? 0 : 0.002,
      preemptionMicros: 3000,
    },
    seed: random.next(),
    ...(deaths && { deaths }),
  })
  const events = { nextEventMicros: () => Math.min(link.nextEventMicros(), peer.nextEventMicros()) }
  const world = { clock, hosts: [host], wire: events }
  const isOver = runWorld(world, () => peer.isDone, limitMicros)
  const problems = [...peer.problems]
  if (!isOver && problems.length === 0) problems.push('did not end in time')
  settleWorld(world, 1e6)
  const { divergences } = host.finish()
  if (divergences > 0) problems.push(`${divergences} digests differed`)
  return problems
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
