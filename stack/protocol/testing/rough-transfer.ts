/**
 * Runs a rough scenario from the handshake to the last release. Throws if a byte is missing or comes twice, if the
 * replicas differ, if an invariant does not hold after a request, if one host believes what is wrong of the other, or if it takes too much time, too many wake-ups or
 * too many frames.
 */
import { Belief } from './invariants/belief.ts'
import type { RoughScenario, Side } from './rough-scenario.ts'
import { openRoughWorld } from './rough-world.ts'
import { addresses, type World } from './world.ts'

const port = 5001
/** A dozen losses of one segment after the other, with every timer backed off, take six minutes. */
const limitMicros = 600_000_000
const wakeLimit = 50_000
/** Frames allowed beyond one for every 100 bytes: handshakes, ACKs, probes, and repetitions of all of them. */
const spareFrames = 1_000

/** `observe` is called after every wake-up. */
export function roughTransfer(scenario: RoughScenario, observe: (world: World) => void = () => {}): World {
  const world = openRoughWorld(scenario)
  const { left, right } = world
  const bytes = { left: sum(scenario, 'left'), right: sum(scenario, 'right') }
  const idleMicros = scenario.writes.reduce((total, { afterMicros }) => total + afterMicros, 0)
  const frameLimit = spareFrames + (bytes.left + bytes.right) / 100
  right.listen(port)
  left.connect(addresses.right, port)
  const beliefs = [new Belief(left, right), new Belief(right, left)]
  const isOver = (): boolean => {
    observe(world)
    for (const belief of beliefs) belief.check()
    if (world.wakes > wakeLimit) throw new Error(`${wakeLimit} wake-ups: ${progress(world)}`)
    if (world.transmitted > frameLimit) throw new Error(`${frameLimit} frames: ${progress(world)}`)
    return left.application.released && right.application.released
  }
  world.run(idleMicros + limitMicros, isOver, () => progress(world))
  for (const [host, expected] of [
    [left, bytes.right],
    [right, bytes.left],
  ] as const) {
    const { finishedAt, contiguous, closed } = host.application
    if (finishedAt !== expected)
      throw new Error(`${host.name}: stream ended at ${finishedAt}, not ${expected}`)
    if (contiguous !== expected) throw new Error(`${host.name}: ${contiguous} bytes, not ${expected}`)
    if (closed !== 0) throw new Error(`${host.name}: closed for reason ${closed}`)
  }
  return world
}

function sum(scenario: RoughScenario, side: Side): number {
  return scenario.writes.reduce((total, { from, bytes }) => total + (from === side ? bytes : 0), 0)
}

function progress(world: World): string {
  const { left, right, elapsedMicros, transmitted } = world
  const side = ({ name, application }: typeof left) =>
    `${name} sent ${application.sent} of ${application.bytesToSend}, acknowledged ${application.acknowledged}, ` +
    `read ${application.consumed}, closed ${application.closed}, connect failed ${application.connectFailed}`
  return `${elapsedMicros} µs, ${transmitted} frames; ${side(left)}; ${side(right)}`
}
