/** Every strategy by its name: the one place that knows them all. */
import { lockedStrategy } from './locked/strategy.ts'
import type { StackParameters, StrategyOption } from './options.ts'
import { pipelinedStrategy } from './pipelined/strategy.ts'
import { replicatedStrategy } from './replicated/strategy.ts'
import { sequentialStrategy } from './sequential/strategy.ts'
import { shardedStrategy } from './sharded/strategy.ts'
import type { Strategy } from './strategy.ts'

const strategies: Readonly<Record<StrategyOption['kind'], Strategy>> = {
  sequential: sequentialStrategy,
  replicated: replicatedStrategy,
  locked: lockedStrategy,
  sharded: shardedStrategy,
  pipelined: pipelinedStrategy,
}

export function strategyOf(parameters: StackParameters): Strategy {
  return strategies[parameters.strategy.kind]
}
