/**
 * The public face of the simulation, for the harness: programs that run in processes of their own, what they are told, and
 * what the virtual cores charge. Programs read and write lines of JSON; in the harness's process nothing of the simulation
 * runs.
 */
export type { ContextSpec } from '../meters/open-context.ts'
export type { AskedQuestion } from './cores/answer.ts'
export { type QuantityName, quantityMeanings, quantityNames } from './cores/costs.ts'

/** Paths from the project's folder, which is another in a container. */
export const simulationPrograms = {
  /** What operations cost within a transfer; its argument is a `ContextSpec`. */
  context: 'stack/meters/context.ts',
  /** What operations cost by themselves, on two threads. */
  probes: 'stack/meters/run-probes.ts',
  /** What the virtual cores say to `AskedQuestion`s. */
  answer: 'stack/sim/cores/answer.ts',
} as const
