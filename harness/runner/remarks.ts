/** What has to be said of a run as a whole. Pure. */
import type { Experiment } from '../matrix/experiment.ts'
import { isOtherUserLevel } from '../matrix/factor.ts'
import type { Sample } from '../result/sample.ts'
import { faultsOf, interferenceWith, isCounted, isInterfered } from '../result/validity.ts'
import type { Agenda } from './agenda.ts'

/** Why a run is not complete; empty if it is, as far as its samples say. */
export function remarksOn(
  samples: readonly Sample[],
  agenda: Agenda,
  options: { readonly experiments: readonly Experiment[]; readonly budgetMinutes?: number | undefined },
): string[] {
  const { taken, planned, isCutShort } = agenda
  const missing = planned - taken
  // That a stack of others fails is what this run found of it.
  const failed = samples.filter((each) => each.status === 'failed' && !isThirdParty(each)).length
  const wrong = samples.filter((each) => each.status === 'measured' && faultsOf(each).length > 0).length
  const lost = options.experiments.flatMap(({ id, cells }) =>
    cells.filter((cell) => {
      const own = samples.filter((each) => each.experiment === id && each.cell === cell.id)
      return own.some(isInterfered) && !own.some(isCounted)
    }),
  ).length
  return [
    ...(isCutShort ? [`The ${options.budgetMinutes} minutes ended before every cell had its rounds.`] : []),
    ...(missing > 0 ? [`${missing} of ${planned} samples were not taken.`] : []),
    ...(failed > 0 ? [`${failed} of ${taken} samples failed.`] : []),
    ...(wrong > 0 ? [`${wrong} of ${taken} samples are void: wrong bytes or states.`] : []),
    ...(lost > 0 ? [`${lost} cells have no sample that counts: all were disturbed from outside.`] : []),
  ]
}

/** What a reader has to know first of a run, complete or not. */
export function noticesOn(samples: readonly Sample[]): string[] {
  return [...noticeOfDisturbance(samples), ...noticeOfOthersFailures(samples)]
}

/** `2 of 9 samples of pasta failed: the reasons are with its samples.` */
function noticeOfOthersFailures(samples: readonly Sample[]): string[] {
  const theirs = Map.groupBy(samples.filter(isThirdParty), ({ factors }) => factors.strategy)
  return [...theirs].flatMap(([name, all]) => {
    const failed = all.filter(({ status }) => status === 'failed').length
    if (failed === 0) return []
    return [`${failed} of ${all.length} samples of ${name} failed: the reasons are with its samples.`]
  })
}

function isThirdParty({ factors }: Sample): boolean {
  return isOtherUserLevel(factors.strategy)
}

function noticeOfDisturbance(samples: readonly Sample[]): string[] {
  const disturbed = samples.filter(isInterfered)
  if (disturbed.length === 0) return []
  const again = samples.filter(({ attempt }) => attempt > 0).length
  const reasons = disturbed.flatMap(interferenceWith)
  const names = [...new Set(reasons.flatMap((reason) => reason.match(/"[^"]*"/) ?? []))]
  const kinds = [...new Set(reasons.map(kindOf))].map((kind) =>
    kind === others && names.length > 0 ? `${kind}: ${names.slice(0, mostNames).join(', ')}` : kind,
  )
  return [
    `${disturbed.length} of ${samples.length} samples were disturbed from outside and do not count (${kinds.join('; ')}); ${again} were taken again.`,
  ]
}

const others = 'others used processors'
const mostNames = 5

/** Without its numbers and names, which are of one sample. */
function kindOf(reason: string): string {
  return reason.replace(/\d+ % of a processor/, 'processors').replace(/, most of it "[^"]*"/, '')
}
