/**
 * Whether the share of work that replicas repeat, as their processor time shows it, explains their speed-up. Pure.
 *
 *   W(N)                              processor time of N replicas for the same bytes, without polling
 *   r = (W(N) / W(1) - 1) / (N - 1)   the share that each repeats: the model says W(N) = W(1) (1 + (N-1) r)
 *   S(N) = N / (1 + (N-1) r)          the speed-up that the model then predicts; W is measured independently of it
 *
 * W includes the cost of sharing itself: publishing, claiming, cache lines that others write. The model does not
 * distinguish it from state work, so r here is at least the share of state work.
 */
import type { ReplicatedWorkRule } from '../../matrix/experiment.ts'
import { describeFactors, varying } from '../../matrix/factor-words.ts'
import { factorNames, identifyFactors } from '../../matrix/factors.ts'
import type { Combined } from '../../measure/combine.ts'
import type { Machine } from '../../result/manifest.ts'
import { predictedSpeedup } from '../../statistics/model.ts'
import { conclude } from '../conclude.ts'
import { fewestRounds } from '../few-rounds.ts'
import type { JudgedCell, Judgement, Work } from '../judgement.ts'

/** Work from the medians of a cell; null if they were not all measured. */
export function workOf({
  threadSecondsPerGigabyte: threads,
  pollingSecondsPerGigabyte: polling,
  applicationSecondsPerGigabyte: application,
}: Combined): Work | null {
  if (!threads || !polling || !application) return null
  const busy = Math.max(0, threads.median - polling.median)
  return { busy, polling: polling.median, application: application.median }
}

/** r, from the work of one replica and the work of `replicas` of them. */
export function repeatedShare(one: Work, many: Work, replicas: number): number {
  return (many.busy / one.busy - 1) / (replicas - 1)
}

/** The same cell with one replica. */
export function singleOf<Cell extends Pick<JudgedCell, 'factors'>>(
  { factors }: Cell,
  cells: readonly Cell[],
): Cell | undefined {
  const id = identifyFactors({ ...factors, replicas: 1 })
  return cells.find((other) => identifyFactors(other.factors) === id)
}

export function judgeByReplicatedWork(
  { tolerance, refutableFromCores }: ReplicatedWorkRule,
  cells: readonly JudgedCell[],
  { cores }: Machine,
): Judgement {
  const compared = cells.flatMap((cell) => compare(cell, cells))
  if (compared.length === 0) {
    const reason = 'No cell of several replicas could be compared with one of a single replica.'
    return { verdict: 'cannot tell here', reasons: [reason] }
  }
  const reasons = compared.map(({ words }) => words)
  const fewest = Math.min(...compared.map(({ rounds }) => rounds))
  if (fewest < fewestRounds) {
    reasons.push(`Fewer than ${fewestRounds} rounds could be compared.`)
    return { verdict: 'cannot tell here', reasons }
  }
  const findings = compared.map(({ deviation }) =>
    Math.abs(deviation) <= tolerance ? 'as claimed' : 'otherwise',
  )
  const cannotRefute =
    cores >= refutableFromCores
      ? undefined
      : `${cores} cores cannot refute the model: replicas, application and peer share them.`
  return conclude(findings, reasons, { cannotRefute })
}

function compare(cell: JudgedCell, cells: readonly JudgedCell[]) {
  const { replicas = 1 } = cell.factors
  const single = singleOf(cell, cells)
  const one = single?.work
  const measured = cell.speedupOverSingle?.median
  if (replicas < 2 || !one || !cell.work || one.busy === 0 || measured === undefined) return []
  const share = repeatedShare(one, cell.work, replicas)
  const predicted = predictedSpeedup(replicas, share)
  const deviation = measured / predicted - 1
  const times = (cell.work.busy / one.busy).toFixed(2)
  const sign = deviation < 0 ? '−' : '+'
  const percent = `${sign}${Math.abs(100 * deviation).toFixed(0)} %`
  const name = nameOf(cell, cells)
  const words = `${name}, N=${replicas}: ${times} times the work of one replica, r = ${share.toFixed(2).replace('-', '−')}, so the model says ${predicted.toFixed(2)} times its speed; measured ${measured.toFixed(2)} (${percent}).`
  return [{ deviation, words, rounds: Math.min(cell.samples, single?.samples ?? 0) }]
}

function nameOf({ factors }: JudgedCell, cells: readonly JudgedCell[]): string {
  const others = factorNames.filter(
    (name) => name !== 'strategy' && name !== 'replicas' && name !== 'payloadWork',
  )
  const own = cells.map((cell) => cell.factors).filter(({ strategy }) => strategy === factors.strategy)
  return describeFactors(factors, ['payloadWork', ...varying(others, own)])
}
