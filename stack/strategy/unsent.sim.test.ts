/** Devices that keep frames until they are flushed: no thread of any strategy goes on to another round without. */
import { expect, test } from 'vitest'
import { Random } from '../device/random.ts'
import { perfectLink } from '../device/simulated/link-direction.ts'
import { simulatedParameters } from '../sim/testing/parameters.ts'
import type { StrategyOption } from './options.ts'
import { hold } from './testing/compliance-world.ts'
import { KeepingDevice } from './testing/keeping-device.ts'

const strategies: StrategyOption[] = [
  { kind: 'sequential' },
  { kind: 'replicated', replicas: 1 },
  { kind: 'replicated', replicas: 3 },
  { kind: 'replicated', replicas: 3, emission: 'ordered', chunk: 8 },
  { kind: 'replicated', replicas: 2, reader: 'dedicated' },
  { kind: 'locked', workers: 2 },
  { kind: 'sharded', workers: 2 },
  { kind: 'pipelined', workers: 1 },
  { kind: 'pipelined', workers: 4 },
]

const plans = [1, 2, 3].map((number) => ({
  number,
  upBytes: 100_000,
  downBytes: 100_000,
  closesFirst: 'both' as const,
}))

test.each(strategies)('no round of %o ends with a frame that is not sent', (strategy) => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = new Random(seed)
    const devices: KeepingDevice[] = []
    const outcome = hold({
      seed,
      random,
      parameters: [simulatedParameters(strategy, 0), simulatedParameters(strategy, 1)],
      links: [
        { ...perfectLink, delayMicros: 100, lossProbability: 0.01 },
        { ...perfectLink, delayMicros: 100, lossProbability: 0.01 },
      ],
      plans,
      wrapDevice: (device, { bytes }, outgoing) => {
        const keeping = new KeepingDevice(device, bytes, outgoing)
        devices.push(keeping)
        return keeping
      },
      betweenRounds: () => expect(devices.map(({ unsent }) => unsent)).toEqual([0, 0]),
    })
    expect(outcome.problems).toEqual([])
  }
})
