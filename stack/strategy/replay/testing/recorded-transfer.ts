/** Logs for tests: what the connecting host of a simulated transfer saw. */
import { simulateTransfer } from '../../../sim/testing/transfer-simulation.ts'
import type { StrategyOption } from '../../options.ts'

/** Records to `path`; throws if the transfer itself had a problem. `replicas`: of both hosts; 0: both are sequential. */
export function recordTransfer(path: string, seed: number, replicas: number): void {
  const strategy: StrategyOption = replicas === 0 ? { kind: 'sequential' } : { kind: 'replicated', replicas }
  const { problems } = simulateTransfer(seed, [strategy, strategy], true, {}, path)
  if (problems.length > 0) throw new Error(`seed ${seed}: ${problems.join(', ')}`)
}
