/** From a cell's factor to the disturbances of one of its samples: moments and victims, drawn by the sample's seed. */
import type { Disturbance } from '../agent/stack-spec.ts'
import type { Factors } from '../matrix/factors.ts'
import { seededRandom } from '../statistics/random.ts'

const killsPerSample = 5
const stallsPerSample = 2
/**
 * Disturbances happen between these shares of the task: after the connection has reached its speed, and early enough
 * that the end of the transfer does not hide the gap.
 */
const earliest = 0.1
const latest = 0.85

export function disturbanceOf(
  disturbance: NonNullable<Factors['disturbance']>,
  seed: number,
): Disturbance | undefined {
  if (disturbance === 'none') return undefined
  const random = seededRandom(seed)
  const count = disturbance === 'kill' ? killsPerSample : stallsPerSample
  const many = (draw: () => number) => Array.from({ length: count }, draw)
  const moments = many(() => earliest + random() * (latest - earliest)).sort((a, b) => a - b)
  const victims = many(() => Math.floor(random() * 64))
  if (disturbance === 'kill') return { kind: 'kill', moments, victims }
  return { kind: 'stall', millis: Number(disturbance.slice('stall-'.length)), moments, victims }
}
