/** How a factor of the matrix is declared: its values, its words, and who reads it. Pure. */
import { z } from 'zod'
import { type OtherStackName, otherStackNames } from '../other-stacks/other-stacks.ts'

/** The ways to run our own stack. */
export const ownStrategies = ['sequential', 'replicated', 'locked', 'sharded', 'pipelined'] as const

/** What is under test: our stack, by how it is run, or another one. */
export const strategySchema = z.enum([...ownStrategies, ...otherStackNames])

export type OwnStrategy = (typeof ownStrategies)[number]
export type Strategy = z.infer<typeof strategySchema>

/** Claims, baselines and gains are about our own stack; all others are there to be compared with. */
export function isOwn(strategy: Strategy): strategy is OwnStrategy {
  return ownStrategies.some((own) => own === strategy)
}

/** Whether it is a user-level stack that is not ours. */
export function isOtherUserLevel(strategy: Strategy): strategy is Exclude<OtherStackName, 'linux'> {
  return !isOwn(strategy) && strategy !== 'linux'
}

/**
 * Which workloads read a factor: all of them; those that use a network; those that can run between two stacks; those in
 * which a Linux host may send by TCP; or those whose specification names the factor.
 */
export type ReadBy =
  | 'every workload'
  | 'networked workloads'
  | 'workloads between stacks'
  | 'workloads over TCP'
  | 'some workloads'

/** What a machine has, as far as it decides whether a cell can run there. */
export interface Facilities {
  /** Processors that the run may use. */
  readonly cores: number
  /** Why it lacks other stacks, by their names; absent where nobody looked, or none is missing. */
  readonly lacking?: ReadonlyMap<string, string> | undefined
}

/** What a factor may know of its cell. */
interface CellShape {
  readonly strategy: Strategy
  readonly replicas?: number | undefined
  readonly reader?: string | undefined
}

export interface Declaration<Schema extends z.ZodType, Reader extends ReadBy> {
  readonly schema: Schema
  /** Strategies that read it. */
  readonly strategies: readonly Strategy[]
  readonly readBy: Reader
  /** Stands before the value in an identifier, where the value alone would not say what it means. */
  readonly prefix?: string
  /** How a value reads in tables, pictures and sentences. */
  readonly words: (value: z.infer<Schema>) => string
  /** Set if another value is another kind of communication: cells that differ in this factor are not compared. */
  readonly isKind?: true
  /** Why a machine cannot run a cell with this value, as a phrase; undefined where it can. */
  readonly unsupported?: (value: z.infer<Schema>, cell: CellShape, machine: Facilities) => string | undefined
}

/** Gives a declaration its type. */
export function factor<Schema extends z.ZodType, const Reader extends ReadBy>(
  declaration: Declaration<Schema, Reader>,
): Declaration<Schema, Reader> {
  return declaration
}

export const everyStrategy: readonly Strategy[] = strategySchema.options
export const stacks: readonly Strategy[] = ownStrategies
/** What every workload has an end for. */
export const stacksAndLinux: readonly Strategy[] = [...ownStrategies, 'linux']
export const parallel = stacks.filter((strategy) => strategy !== 'sequential')

/** Who reads a factor of replicas, and who one of any stack of ours, where a factor does not say otherwise. */
export const readByReplicas = { strategies: ['replicated'], readBy: 'networked workloads' } as const
export const readByStacks = { strategies: stacks, readBy: 'networked workloads' } as const

export function powerOfTwo(least: number, most: number) {
  const isPower = (value: number) => (value & (value - 1)) === 0
  return z.int().min(least).max(most).refine(isPower, 'must be a power of two')
}
