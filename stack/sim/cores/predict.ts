/**
 * Predicts what a strategy reaches on a number of processors, from the costs of operations: goodput and speed-up,
 * with their uncertainty. The uncertainty is that of the costs and that of the simulated run itself.
 */
import { Random } from '../../device/random.ts'
import type { PayloadWorkKind } from '../../payload/payload-work.ts'
import type { StrategyOption } from '../../strategy/options.ts'
import { BulkWorld } from './bulk-world.ts'
import { type CoreCosts, type DrawnCosts, drawCosts } from './costs.ts'

export interface PredictionQuestion {
  readonly costs: CoreCosts
  readonly strategy: StrategyOption
  readonly payloadWork: Exclude<PayloadWorkKind, 'none'>
  /** Direction of the payload, seen from the stack. Only sending is modelled. */
  readonly direction: 'send'
  /** Processors for everybody: the stack's threads, the application, the peer's program. */
  readonly cores: number
  readonly seed: number
  /** Runs, each with costs drawn from their intervals; default 7. */
  readonly draws?: number
  /**
   * Payload bytes before and during the measurement; default 12 and 24 MB. The send ring, which is filled first,
   * holds 8 MiB.
   */
  readonly warmupBytes?: number
  readonly measuredBytes?: number
}

export interface PredictedRange {
  readonly median: number
  readonly low: number
  readonly high: number
}

export interface Prediction {
  readonly goodputMbps: PredictedRange
  /** Over the sequential stack with the same costs, on the same processors. */
  readonly speedup: PredictedRange
  /** Share of the time that each of the stack's threads worked, in the median run. */
  readonly busyShare: number
  readonly retransmits: number
}

/**
 * Goodput of the sequential stack, by everything that it depends on except the costs. A caller with several questions
 * about the same costs passes the same map, so that each baseline is simulated once.
 */
export type Baselines = Map<string, number>

/**
 * Takes a second of real time a draw, more for many replicas. Throws Error if a simulated transfer does not come to
 * an end.
 */
export function predict(question: PredictionQuestion, baselines: Baselines = new Map()): Prediction {
  const { costs, seed, draws = 7 } = question
  const runs = Array.from({ length: draws }, (_, k) => {
    const random = new Random(seed * 7919 + k)
    const uniform = () => (random.next() >>> 0) / 2 ** 32
    // The first run takes the costs as measured, the others draw.
    const drawn = drawCosts(costs, k === 0 ? undefined : uniform)
    const own = run(question, question.strategy, drawn, seed + k)
    const isBaseline = question.strategy.kind === 'sequential'
    const sequential = isBaseline ? own.goodput : baseline(question, drawn, k, baselines)
    return { ...own, speedup: own.goodput / sequential }
  })
  const middle = runs[0] as (typeof runs)[number]
  return {
    goodputMbps: rangeOf(runs.map((each) => each.goodput)),
    speedup: rangeOf(runs.map((each) => each.speedup)),
    busyShare: middle.busyShare,
    retransmits: middle.retransmits,
  }
}

/** Threads of a sequential stack, its application and the peer: more processors than these change nothing. */
const baselineThreads = 3

function baseline(
  question: PredictionQuestion,
  costs: DrawnCosts,
  draw: number,
  baselines: Baselines,
): number {
  const { payloadWork, seed, warmupBytes, measuredBytes } = question
  const cores = Math.min(question.cores, baselineThreads)
  const key = [payloadWork, cores, seed, draw, warmupBytes, measuredBytes].join(' ')
  const known = baselines.get(key)
  if (known !== undefined) return known
  const { goodput } = run({ ...question, cores }, { kind: 'sequential' }, costs, seed + draw)
  baselines.set(key, goodput)
  return goodput
}

function run(question: PredictionQuestion, strategy: StrategyOption, costs: DrawnCosts, seed: number) {
  const { payloadWork, cores, warmupBytes = 12e6, measuredBytes = 24e6 } = question
  const outcome = new BulkWorld({
    costs,
    strategy,
    payloadWork,
    cores,
    seed,
    warmupBytes,
    measuredBytes,
  }).run()
  if (outcome.divergences > 0) throw new Error('replicas diverged in virtual time')
  const stack = Object.entries(outcome.usedNanos).filter(([name]) => name.startsWith('stack'))
  return {
    goodput: (outcome.bytes * 8000) / outcome.nanos,
    busyShare: stack.reduce((sum, [, nanos]) => sum + nanos, 0) / stack.length / outcome.nanos,
    retransmits: outcome.retransmits,
  }
}

function rangeOf(values: readonly number[]): PredictedRange {
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: ((sorted[sorted.length >> 1] as number) + (sorted[(sorted.length - 1) >> 1] as number)) / 2,
    low: sorted[0] as number,
    high: sorted[sorted.length - 1] as number,
  }
}
