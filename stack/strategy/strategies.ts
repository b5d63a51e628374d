/** Every strategy by its name: the one place that knows them all. */
import type { StackParameters, StrategyOption } from './options.ts'
import { replicatedStrategy } from './replicated-strategy.ts'
import { sequentialStrategy } from './sequential-strategy.ts'
import type { Strategy } from './strategy.ts'

const strategies: Readonly<Record<StrategyOption['kind'], Strategy>> = {
  sequential: sequentialStrategy,
  replicated: replicatedStrategy,
}

export function strategyOf(parameters: StackParameters): Strategy {
  return strategies[parameters.strategy.kind]
}
