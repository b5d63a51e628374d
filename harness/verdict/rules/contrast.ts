/**
 * Whether one value of a factor is as much better or worse than another as the rule says, in cells that are equal in all
 * else. Gains are ratios within a round, above 1 if the first value is the better one. Pure.
 */
import type { ContrastRule } from '../../matrix/experiment.ts'
import { describeFactors, varying } from '../../matrix/factor-words.ts'
import type { Machine } from '../../result/manifest.ts'
import { communicationOf } from '../communication.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds, rangeOver, remarksOnCoverage } from '../few-rounds.ts'
import type { Compared, JudgedCell, Judgement } from '../judgement.ts'

export function judgeByContrast(
  rule: ContrastRule,
  cells: readonly JudgedCell[],
  machine: Machine,
  quantity: string,
): Judgement {
  const judged = cells.flatMap((cell) =>
    cell.contrast ? [{ cell, contrast: cell.contrast, finding: findingOf(rule, cell.contrast) }] : [],
  )
  if (judged.length === 0) {
    const reason = `No cell with ${rule.factor} ${rule.of} could be compared with one with ${rule.over}.`
    return { verdict: 'cannot tell here', reasons: [reason] }
  }
  const all = judged.map(({ cell }) => cell)
  const reasons = judged.map(
    ({ cell, contrast, finding }) => `${nameOf(cell, all)}: ${explain(rule, contrast, finding, quantity)}`,
  )
  reasons.push(...remarksOnCoverage(Math.min(...judged.map(({ contrast }) => contrast.coverage))))
  const cannotRefute =
    machine.cores >= (rule.refutableFromCores ?? 1)
      ? undefined
      : `${machine.cores} cores cannot refute the claim: the stack shares them with its peer.`
  return conclude(
    judged.map(({ finding }) => finding),
    reasons,
    { cannotRefute },
  )
}

/** `pipelined, N=3, checksum, all on one core`: what is not the same for all judged cells, and the payload work. */
function nameOf(cell: JudgedCell, judged: readonly JudgedCell[]): string {
  const all = judged.map(({ factors }) => factors)
  const { factors } = cell
  const strategy = varying(['strategy'], all).length === 0 ? '' : factors.strategy
  const replicas = describeFactors(factors, varying(['replicas'], all))
  return [strategy, replicas, communicationOf(cell, judged)].filter(Boolean).join(', ')
}

function findingOf(
  { atLeast = 0, atMost = Number.POSITIVE_INFINITY }: ContrastRule,
  gain: Compared,
): Finding {
  if (gain.rounds < fewestRounds) return 'unclear'
  if (gain.low >= atLeast && gain.high <= atMost) return 'as claimed'
  return gain.high < atLeast || gain.low > atMost ? 'otherwise' : 'unclear'
}

/** `idle spin is 0.21 times as good as backoff by goodput (0.18 … 0.25): as claimed, at most 0.50.` */
function explain(rule: ContrastRule, gain: Compared, finding: Finding, quantity: string): string {
  const { factor, of, over } = rule
  const { median, low, high, rounds } = gain
  const range = rangeOver(rounds, low.toFixed(2), high.toFixed(2))
  const measured = `${factor} ${of} is ${median.toFixed(2)} times as good as ${over} by ${quantity} (${range})`
  const claimed = `claimed is ${boundsOf(rule)}`
  if (rounds < fewestRounds) return `${measured}: fewer than ${fewestRounds} rounds could be compared.`
  if (finding === 'as claimed') return `${measured}, as claimed: ${boundsOf(rule)}.`
  return finding === 'unclear' ? `${measured}, on both sides: ${claimed}.` : `${measured}: ${claimed}.`
}

function boundsOf({ atLeast, atMost }: ContrastRule): string {
  return [
    atLeast === undefined ? '' : `at least ${atLeast.toFixed(2)}`,
    atMost === undefined ? '' : `at most ${atMost.toFixed(2)}`,
  ]
    .filter(Boolean)
    .join(', ')
}
