/** Logs for tests: what the connecting host of a simulated transfer saw. */
import { simulateTransfer } from '../../../../sim/testing/transfer-simulation.ts'

/** Records to `path`; throws if the transfer itself had a problem. */
export function recordTransfer(path: string, seed: number, replicas: number): void {
  const replicated = { kind: 'replicated', replicas } as const
  const { problems } = simulateTransfer(seed, [replicated, replicated], true, {}, path)
  if (problems.length > 0) throw new Error(`seed ${seed}: ${problems.join(', ')}`)
}
