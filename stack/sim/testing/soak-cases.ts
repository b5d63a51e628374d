/**
 * What a soak runs: the bare machines, every strategy with 1, 2 and 4 threads, and ordered emission. Each case draws records and runs
 * one.
 */
import fc from 'fast-check'
import { idleScenario, roughScenario } from '../../protocol/testing/rough-arbitrary.ts'
import type { RoughScenario } from '../../protocol/testing/rough-scenario.ts'
import { roughTransfer } from '../../protocol/testing/rough-transfer.ts'
import type { StrategyOption } from '../../strategy/options.ts'
import { simulateRough } from './rough-simulation.ts'

export interface SoakCase {
  readonly name: string
  readonly scenario: fc.Arbitrary<RoughScenario>
  /** Throws if the scenario fails. */
  run(scenario: RoughScenario): void
}

/** One scenario in twenty has long silences. */
const scenario = fc.oneof({ weight: 19, arbitrary: roughScenario }, { weight: 1, arbitrary: idleScenario })

function hosts(name: string, strategy: StrategyOption): SoakCase {
  return {
    name,
    scenario,
    run: (drawn) => {
      simulateRough(drawn, [strategy, strategy])
    },
  }
}

export const machineCase: SoakCase = {
  name: 'machine',
  scenario,
  run: (drawn) => {
    roughTransfer(drawn)
  },
}

export const hostCases: readonly SoakCase[] = [
  hosts('sequential', { kind: 'sequential' }),
  ...[1, 2, 4].flatMap((count) => [
    hosts(`replicated-${count}`, { kind: 'replicated', replicas: count }),
    hosts(`locked-${count}`, { kind: 'locked', workers: count }),
    hosts(`sharded-${count}`, { kind: 'sharded', workers: count }),
    hosts(`pipelined-${count}`, { kind: 'pipelined', workers: count }),
  ]),
  // Where the pieces of a super-frame wait for their turn.
  hosts('ordered-2', { kind: 'replicated', replicas: 2, emission: 'ordered' }),
  hosts('ordered-4', { kind: 'replicated', replicas: 4, emission: 'ordered', claim: 'request' }),
]

export const soakCases: readonly SoakCase[] = [machineCase, ...hostCases]

/** The property that fast-check looks for a counterexample to. `onRun` is called before each run. */
export function propertyOf(soakCase: SoakCase, onRun: () => void = () => {}): fc.IProperty<[RoughScenario]> {
  return fc.property(soakCase.scenario, (drawn) => {
    onRun()
    soakCase.run(drawn)
  })
}
