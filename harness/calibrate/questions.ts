/** What the virtual cores are asked: cells that are measured, on the same processors, and what no machine here has. Pure. */
import type { Experiment } from '../matrix/experiment.ts'
import type { Factors } from '../matrix/factors.ts'
import type { PredictedStrategy, PredictedWork } from '../matrix/prediction-plan.ts'
import { specificationOf } from '../workload/workloads.ts'

export interface PredictionQuestion {
  readonly strategy: PredictedStrategy
  /** Replicas or workers; absent for the sequential stack. */
  readonly replicas?: number
  readonly payloadWork: PredictedWork
  /** For everybody: the stack's threads, the application, the peer's program. */
  readonly processors: number
  readonly seed: number
  /** Runs, each with costs drawn from their intervals. */
  readonly draws: number
}

export type PlannedQuestion = PredictionQuestion &
  ({ readonly kind: 'check'; readonly cell: string } | { readonly kind: 'outlook' })

type Kind = Pick<PredictionQuestion, 'strategy' | 'replicas' | 'payloadWork'>
type Effort = Pick<PredictionQuestion, 'seed' | 'draws'>

/** Beside the stack's threads, a processor each for the application and the peer's program. */
const others = 2
/** A cell that varies anything else asks for what the virtual cores do not model. */
const modelled = new Set(['strategy', 'replicas', 'payloadWork', 'topology'])

/** Those of an experiment's cells that the virtual cores can say something about, with so many processors. */
export function checksOf(
  { cells, workload }: Pick<Experiment, 'cells' | 'workload'>,
  processors: number,
  effort: Effort,
): PlannedQuestion[] {
  if (!specificationOf(workload).isPredictable(workload)) return []
  return cells.flatMap(({ id, factors }) => {
    const kind = kindOf(factors)
    return kind === undefined ? [] : [{ kind: 'check', cell: id, ...kind, processors, ...effort }]
  })
}

export interface OutlookRange {
  readonly strategies: readonly PredictedStrategy[]
  readonly payloadWork: readonly PredictedWork[]
  readonly replicas: readonly number[]
}

/** Every strategy at every number of replicas. Without `processors` nobody has to share one. */
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

/** All that an experiment with a plan asks; none for others. What can be checked comes first, the longest last. */
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
  if (strategy === 'linux' || topology !== 'tap') return undefined
  if (Object.keys(factors).some((name) => !modelled.has(name))) return undefined
  if (payloadWork !== 'copy' && payloadWork !== 'checksum' && payloadWork !== 'cipher') return undefined
  return { strategy, payloadWork, ...(replicas === undefined ? {} : { replicas }) }
}
