/**
 * What a workload declares before anything runs: its settings in an experiment, the factors of a cell that it reads,
 * what it measures, and what one sample then does. Matrix, runner, testbed and reports know workloads by this alone.
 * Pure.
 */
import type { z } from 'zod'
import type { Complaint } from '../matrix/complaints/complaint.ts'
import type { Strategy } from '../matrix/factor.ts'
import type { Factors, NamedFactor } from '../matrix/factors.ts'
import type { MeasureName, RateName } from '../measure/measures.ts'

/** How much is done before a stack's first sample, and in each; in the workload's unit: bytes, requests or seconds. */
export interface Amount {
  readonly warmup: number
  readonly measured: number
}

/** What the samples of a cell do. Two cells that differ in a factor of the workload never have equal plans. */
export interface WorkloadPlan<Options extends object = object> {
  readonly options: Options
  readonly amount: Amount
  /** TCP connections of the application at the same time, for which a stack makes room; as few as usual if absent. */
  readonly connections?: number
}

export interface Specification<Settings extends z.ZodObject = z.ZodObject, Options extends object = object> {
  /** The field `workload` of an experiment: what holds for all of its cells. `kind` is the workload's name and folder. */
  readonly settings: Settings
  /**
   * Factors that the workload itself reads: those that every cell has to have, and those that a cell may have. A workload
   * with a network names none of those that its stacks read.
   */
  readonly factors: {
    readonly required: readonly NamedFactor[]
    readonly optional: readonly NamedFactor[]
  }
  readonly strategies: readonly Strategy[]
  /** If false, the workload runs in the stack's container, without a stack and without a peer. */
  readonly usesNetwork: boolean
  /** Linux hosts that the topology must have besides stack and peer, by name. */
  readonly hosts?: readonly string[]
  /** Set if the other end may be a stack of ours, too: then the host side has a task for it. */
  readonly facesStacks?: true
  /** Set if a Linux host may send by TCP, so that its congestion control and loss detection matter. */
  readonly overTcp?: true
  /** What each sample measures; cells are compared by the first. */
  readonly measures: readonly [RateName, ...MeasureName[]]
  /** Largest amount, in the workload's unit, for a log of `make replay`: the log has less than about ten megabytes. */
  readonly mostRecorded: number
  /** Whether the virtual cores can predict the workload. */
  isPredictable(settings: z.infer<Settings>): boolean
  /** What is wrong with a cell beyond what schemas say; paths are those of the experiment. */
  complaintsAbout(settings: z.infer<Settings>, cell: { id: string; factors: Factors }): Complaint[]
  plan(settings: z.infer<Settings>, factors: Factors): WorkloadPlan<Options>
}

/** Gives a specification its type. */
export function specify<Settings extends z.ZodObject, Options extends object>(
  specification: Specification<Settings, Options>,
): Specification<Settings, Options> {
  return specification
}
