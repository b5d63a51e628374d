/** How many rounds an experiment has in a run. Pure. */
import type { Experiment } from './experiment.ts'

/** With fewer there is no interval of 95 % around a median. */
const fewestOfFull = 7

/** A run ends an experiment between the two, once its ratios are certain enough. */
export function roundsOf(
  { rounds }: Pick<Experiment, 'rounds'>,
  profile: 'full' | 'quick',
): { readonly fewest: number; readonly most: number } {
  const most = rounds[profile]
  return { fewest: profile === 'quick' ? most : Math.min(fewestOfFull, most), most }
}

/** `7 to 21`, `3` */
export function wordsOfRounds(
  experiment: Pick<Experiment, 'rounds'>,
  profile: 'full' | 'quick',
  times = 1,
): string {
  const { fewest, most } = roundsOf(experiment, profile)
  return fewest === most ? String(most * times) : `${fewest * times} to ${most * times}`
}
