/**
 * What the virtual cores are asked: measured cells on the same number of processors (`check`), and strategies on more
 * processors than this machine has (`outlook`). Pure.
 */
import type { Experiment } from '../matrix/experiment.ts'
import { isOwn } from '../matrix/factor.ts'
import type { Factors } from '../matrix/factors.ts'
import type { PredictedStrategy, PredictedWork } from '../matrix/prediction-plan.ts'
import { supportedCells } from '../matrix/unsupported.ts'
import { specificationOf } from '../workload/workloads.ts'

export interface PredictionQuestion {
  readonly strategy: PredictedStrategy
  /** Replicas or workers; absent for the sequential stack. */
  readonly replicas?: number
  readonly payloadWork: PredictedWork
  /** Shared by the stack's threads, the application and the peer's program. */
  readonly processors: number
  readonly seed: number
  /** Runs, each with costs drawn from their intervals. */
  readonly draws: number
}

export type PlannedQuestion = PredictionQuestion &
  ({ readonly kind: 'check'; readonly cell: string } | { readonly kind: 'outlook' })

type Kind = Pick<PredictionQuestion, 'strategy' | 'replicas' | 'payloadWork'>
type Effort = Pick<PredictionQuestion, 'seed' | 'draws'>

/** Processors in addition to one for each thread of the stack: one for the application, one for the peer's program. */
const others = 2
/** The factors that the virtual cores model; a cell with any other factor is not asked. */
const modelled = new Set(['strategy', 'replicas', 'payloadWork', 'topology'])

/** One question for each cell of the experiment that the virtual cores can predict, with this number of processors. */
export function checksOf(
  experiment: Pick<Experiment, 'cells' | 'workload'>,
  processors: number,
  effort: Effort,
): PlannedQuestion[] {
  const { workload } = experiment
  if (!specificationOf(workload).isPredictable(workload)) return []
  return supportedCells(experiment).flatMap(({ id, factors }) => {
    const kind = kindOf(factors)
    return kind === undefined ? [] : [{ kind: 'check', cell: id, ...kind, processors, ...effort }]
  })
}

export interface OutlookRange {
  readonly strategies: readonly PredictedStrategy[]
  readonly payloadWork: readonly PredictedWork[]
  readonly replicas: readonly number[]
}

/** Every strategy at every number of replicas. Without `processors` each thread has a processor of its own. */
export function outlooksOf(range: OutlookRange, effort: Effort, processors?: number): PlannedQuestion[] {
  const { strategies, payloadWork, replicas } = range
  return payloadWork.flatMap((work) =>
    strategies.flatMap((strategy) => {
      const counts = strategy === 'sequential' ? [undefined] : replicas
      return counts.map((count) => ({
        kind: 'outlook' as const,
        strategy,
        ...(count === undefined ? {} : { replicas: count }),
        payloadWork: work,
        processors: processors ?? (count ?? 1) + others,
        ...effort,
      }))
    }),
  )
}

/**
 * All questions of an experiment; none if it has no plan of predictions. Checks come first, then outlooks by number of
 * replicas, so that the slowest come last.
 */
export function questionsOf(
  experiment: Experiment,
  profile: 'full' | 'quick',
  processors: number,
  seed: number,
): PlannedQuestion[] {
  const plan = experiment.predictions
  if (plan === undefined) return []
  const { replicas, draws, checkDraws } = plan[profile]
  const outlooks = outlooksOf({ ...plan, replicas }, { seed, draws })
  outlooks.sort((a, b) => (a.replicas ?? 0) - (b.replicas ?? 0))
  return [...checksOf(experiment, processors, { seed, draws: checkDraws }), ...outlooks]
}

function kindOf(factors: Factors): Kind | undefined {
  const { strategy, payloadWork, replicas, topology } = factors
  if (!isOwn(strategy) || topology !== 'tap') return undefined
  if (Object.keys(factors).some((name) => !modelled.has(name))) return undefined
  if (payloadWork !== 'copy' && payloadWork !== 'checksum' && payloadWork !== 'cipher') return undefined
  return { strategy, payloadWork, ...(replicas === undefined ? {} : { replicas }) }
}
