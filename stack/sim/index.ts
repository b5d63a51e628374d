/**
 * The public face of the simulation, for the harness: programs that run in processes of their own, the types of what
 * they read, the quantities that virtual cores charge, and what a workload's side in a container calls. Programs read and
 * write lines of JSON; nothing of the simulation is loaded in the harness's process.
 */
import type { WindowOptions, WindowReport } from './windows/compare-windows.ts'

export type { ContextSpec } from '../meters/open-context.ts'
export type { AskedQuestion } from './cores/answer.ts'
export { bulkRestMillis } from './cores/bulk-rest.ts'
export { type QuantityName, quantityMeanings, quantityNames } from './cores/costs.ts'

/** Paths relative to the project's folder, which is another one in a container. */
export const simulationPrograms = {
  /** What operations cost within a transfer; its argument is a `ContextSpec`. */
  context: 'stack/meters/context.ts',
  /** What operations cost by themselves, on two threads. */
  probes: 'stack/meters/run-probes.ts',
  /** Answers to `AskedQuestion`s, by virtual cores. */
  answer: 'stack/sim/cores/answer.ts',
} as const

/** Applies a recorded transfer with N replicas and compares their windows; for a process that ends with it. */
export async function compareWindows(options: WindowOptions): Promise<WindowReport> {
  return (await import('./windows/compare-windows.ts')).compareWindows(options)
}
