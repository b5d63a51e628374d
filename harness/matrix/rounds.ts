/** How many rounds an experiment has in a run. Pure. */
import type { Experiment, VerdictRule } from './experiment.ts'

/** With fewer there is no interval of 95 % around a median. */
const fewestOfFull = 7

/**
 * Whether a verdict is on the ratios by which a run decides that an experiment has had enough rounds. How certain those
 * are says nothing about a pause, a largest value or an error of prediction: there an experiment has all its rounds.
 */
const isOnRatios: Readonly<Record<VerdictRule['kind'], boolean>> = {
  'speedup-range': true,
  model: true,
  cost: true,
  contrast: true,
  'replicated-work': true,
  trend: true,
  crossover: true,
  survival: false,
  prediction: false,
  'at-most': false,
  flat: false,
  'lock-model': false,
  'measure-range': false,
}

/** What of an experiment decides how many rounds it has. */
export type RoundedExperiment = Pick<Experiment, 'rounds' | 'verdict'>

/** A run ends an experiment between the two, once its ratios are certain enough. */
export function roundsOf(
  { rounds, verdict }: RoundedExperiment,
  profile: 'full' | 'quick',
): { readonly fewest: number; readonly most: number } {
  const most = rounds[profile]
  const mayEndEarly = profile === 'full' && isOnRatios[verdict.kind]
  return { fewest: mayEndEarly ? Math.min(fewestOfFull, most) : most, most }
}

/** `7 to 21`, `3` */
export function wordsOfRounds(experiment: RoundedExperiment, profile: 'full' | 'quick', times = 1): string {
  const { fewest, most } = roundsOf(experiment, profile)
  return fewest === most ? String(most * times) : `${fewest * times} to ${most * times}`
}
