/** The result of a run in one sentence, and how sure it is in another. Pure; every number is of the run. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { Manifest } from '../../harness/result/manifest.ts'
import type { Summary } from '../../harness/result/summary.ts'
import type { Verdict } from '../../harness/verdict/judgement.ts'
import { specificationOf } from '../../harness/workload/workloads.ts'
import { between, formatGain, plural } from '../format.ts'
import { mainClaim, publishedGain } from './claims.ts'
import { combineVerdicts } from './combined-verdict.ts'
import type { Gain, Type } from './gains.ts'
import { claimsOf } from './order.ts'
import { countOutcomes, replicatedGains, verdictOn } from './outcome.ts'

const openings: Readonly<Record<Verdict, string>> = {
  reproduced: 'The claim holds here',
  partly: 'The claim holds here in part',
  'not reproduced': 'The claim does not hold here',
  'cannot tell here': 'Whether the claim holds cannot be told here',
}

export interface Result {
  readonly opening: string
  readonly rest: string
}

export function resultOf({ experiments }: Manifest, summary: Summary, types: readonly Type[]): Result {
  const gains = replicatedGains(types)
  const measured = gains.filter(isMeasured)
  if (measured.length === 0) {
    const reproduced = summary.experiments.filter(({ verdict }) => verdict === 'reproduced').length
    return {
      opening: 'No gain over the sequential stack was measured for a single connection',
      rest: `; ${reproduced} of ${plural(summary.experiments.length, 'experiment')} reproduced what is claimed.`,
    }
  }
  const counts = countOutcomes(types)
  const short = counts.less + counts.slower
  const least = measured.reduce((one, other) => (other.interval.median < one.interval.median ? other : one))
  const most = measured.reduce((one, other) => (other.interval.median > one.interval.median ? other : one))
  return {
    opening: openings[verdictOf(experiments, summary, gains)],
    rest: `: of ${plural(gains.length, 'kind')} of communication over one connection ${counts['as claimed']} certainly gained the published ${formatGain(publishedGain.low)} or more, ${short} certainly less (${counts.slower} of them slower than one thread), and ${counts.unclear} cannot be told; medians reach from ${withRange(least, types)} to ${withRange(most, types)}.`,
  }
}

/** On the main claim. Where the run has none of its experiments: of those that judge its types by the published gain. */
function verdictOf(experiments: readonly Experiment[], summary: Summary, gains: readonly Gain[]): Verdict {
  const main = claimsOf(experiments).find(({ id }) => id === mainClaim)?.experiments
  const judging = gains.filter(({ experiment: { verdict } }) => verdict.kind === 'speedup-range')
  const ids = main ?? judging.map(({ experiment }) => experiment.id)
  const verdicts = summary.experiments.filter(({ id }) => ids.includes(id)).map(({ verdict }) => verdict)
  if (verdicts.length > 0) return combineVerdicts(verdicts)
  // No rule says whether this machine can refute the claim.
  const own = verdictOn(gains)
  return own === 'not reproduced' ? 'cannot tell here' : own
}

/** On what it was measured, and how sure intervals are. */
export function assuranceOf({ experiments, machine: { cores } }: Manifest, types: readonly Type[]): string {
  const hasPeer = experiments.some(({ workload }) => specificationOf(workload).usesNetwork)
  const machine = `Measured on ${plural(cores, 'core')}${hasPeer ? ', and the peer runs on the same ones' : ''}`
  const measured = replicatedGains(types).filter(isMeasured)
  if (measured.length === 0) return `${machine}.`
  const rounds = measured.map((gain) => gain.rounds)
  const [fewest, most] = [Math.min(...rounds), Math.max(...rounds)]
  const intervals = measured.filter((gain) => gain.rounds > 1).map((gain) => gain.coverage)
  const span = fewest === most ? plural(most, 'round') : `${fewest} to ${plural(most, 'round')}`
  const held =
    intervals.length === 0
      ? 'there are no intervals'
      : `an interval holds the true median with a probability of at least ${Math.round(100 * Math.min(...intervals))} %${fewest > 1 ? '' : ', and one round has none'}`
  return `${machine}. Gains rest on ${span}: ${held}.`
}

function isMeasured(gain: Gain): gain is Gain & { readonly interval: NonNullable<Gain['interval']> } {
  return gain.interval !== null
}

/** `+29 % (+23 … +62 %, bulk send, cipher)` */
function withRange(gain: Gain, types: readonly Type[]): string {
  const { interval, rounds } = gain
  if (interval === null) return ''
  const { median, low, high } = interval
  const range = rounds < 2 ? 'one round' : between(low, high, formatGain)
  const type = types.find(({ by }) => by.get('replicated')?.all.includes(gain))?.title ?? ''
  return `${formatGain(median)} (${range}; ${type})`
}
