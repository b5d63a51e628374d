/** From a cell's factor to what happens in one of its samples: when and to whom, drawn from the sample's seed. */
import type { Disturbance } from '../agent/stack-spec.ts'
import type { Factors } from '../matrix/factors.ts'
import { seededRandom } from '../statistics/random.ts'

const killsPerSample = 5
const stallsPerSample = 2
/** Not before a connection has its speed, and not so late that its end hides the gap. */
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
