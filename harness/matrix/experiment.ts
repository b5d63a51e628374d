/**
 * What an experiment is: the schema of a definition file, and of the definition resolved to cells. Strict: a key
 * that is not named here is an error. Invariant: `id` is the name of the file that defines it.
 */
import { z } from 'zod'
import { settingsSchema } from '../workload/workloads.ts'
import { strategySchema } from './factor.ts'
import { factorNames, factorSchemas, factorsSchema } from './factors.ts'
import { atMostRuleSchema, flatRuleSchema, lockModelRuleSchema } from './measure-rules.ts'
import { predictionPlanSchema, predictionRuleSchema } from './prediction-plan.ts'
import { measureRangeRuleSchema } from './range-rule.ts'

const kebab = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case: lower case words joined by "-"')
/** Whether an experiment may have this id, and its file this name. */
export function isExperimentId(text: string): boolean {
  return kebab.safeParse(text).success
}

const sentence = z.string().trim().min(1, 'must not be empty')

type Lists<Shape> = { [Name in keyof Shape]: Shape[Name] extends z.ZodType ? z.ZodArray<Shape[Name]> : never }

/** For each factor the schema of a list of its values. */
function listsOf<Shape extends Record<string, z.ZodType>>(shape: Shape): Lists<Shape> {
  const lists = Object.entries(shape).map(([name, schema]) => [name, z.array(schema).min(1)])
  return Object.fromEntries(lists) as Lists<Shape>
}

const { strategy, ...varyingFactors } = factorSchemas

/** A set of cells: every combination of the listed values. */
export const cellSetSchema = z.strictObject({
  strategy: z.array(strategy).min(1),
  ...z.object(listsOf(varyingFactors)).partial().shape,
})

/** A verdict on the claim that the speed-up over the sequential stack lies in a range. */
const speedupRangeSchema = z.strictObject({
  kind: z.literal('speedup-range'),
  /** Ratio to the sequential stack: 1.15 is a gain of 15 %. */
  low: z.number().positive(),
  high: z.number().positive(),
  /** A machine with fewer cores cannot refute the claim: replicas and peer compete for them. */
  refutableFromCores: z.int().positive(),
})

/** A verdict on the model S(N) = N / (1 + (N-1) r), where cells have their r as the factor `workRatio`. */
const modelRuleSchema = z.strictObject({
  kind: z.literal('model'),
  /** Largest deviation from the model that confirms it: 0.1 is 10 %. */
  tolerance: z.number().positive().max(1),
})

/** A verdict on the claim that a connection survives what happens to replicas. */
const survivalRuleSchema = z.strictObject({
  kind: z.literal('survival'),
  /** Longest median time without a byte after a disturbance, in milliseconds. */
  gapMillis: z.number().positive(),
})

/** A verdict on the claim that replicas are equal at equal index, and that one value of a factor costs little. */
const costRuleSchema = z.strictObject({
  kind: z.literal('cost'),
  /** Cells that differ in this factor alone are compared, by the workload's first measure: the value `of` with `over`. */
  factor: z.enum(factorNames),
  of: z.union([z.string(), z.number()]),
  over: z.union([z.string(), z.number()]),
  /** Largest share of the measure that the value `of` may cost: 0.03 is 3 %. */
  atMost: z.number().positive().max(1),
})

/** A verdict on the claim that one value of a factor is by so much better, or worse, than another. */
const contrastRuleSchema = z
  .strictObject({
    kind: z.literal('contrast'),
    /** Cells that differ in this factor alone are compared, by the workload's first measure: the value `of` over `over`. */
    factor: z.enum(factorNames),
    of: z.union([z.string(), z.number()]),
    over: z.union([z.string(), z.number()]),
    /** Only cells with one of these values are judged; all if absent. */
    where: z.strictObject(z.object(listsOf(varyingFactors)).partial().shape).exactOptional(),
    /** Of the gain, which is above 1 where `of` is better: 0.5 is half as good. At least one of the two. */
    atLeast: z.number().positive().exactOptional(),
    atMost: z.number().positive().exactOptional(),
    /** A machine with fewer cores cannot refute the claim; any can if absent. */
    refutableFromCores: z.int().positive().exactOptional(),
  })
  .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, {
    error: 'has neither atLeast nor atMost',
  })

/** A verdict on the claim that only repeated work, seen in processor time, keeps N replicas below N times the speed. */
const replicatedWorkRuleSchema = z.strictObject({
  kind: z.literal('replicated-work'),
  /** Largest deviation of the speed-up from what the processor time says: 0.1 is 10 %. */
  tolerance: z.number().positive().max(1),
  /** A machine with fewer cores cannot refute the claim: replicas wait for cores that peer and application use. */
  refutableFromCores: z.int().positive(),
})

/** A verdict on the claim that the speed-up over the sequential stack grows, or falls, along a factor. */
const trendRuleSchema = z.strictObject({
  kind: z.literal('trend'),
  /** The last of these values is compared with the first; those between are only told. Cells are equal in all else. */
  factor: z.enum(factorNames).exclude(['strategy', 'replicas']),
  along: z.array(z.union([z.string(), z.number()])).min(2),
  speedup: z.enum(['rises', 'falls']),
  /** A machine with fewer cores cannot refute the claim: replicas and peer compete for them. */
  refutableFromCores: z.int().positive(),
})

/** A verdict on the claim that one strategy is faster than another at one end of a factor, and slower at the other. */
const crossoverRuleSchema = z.strictObject({
  kind: z.literal('crossover'),
  /** From its first value to its last: numbers ascend, other values come in the order of the cells. */
  factor: z.enum(factorNames).exclude(['strategy']),
  /** Cells of these two are compared by the workload's first measure, if they agree in all factors that both have. */
  of: strategySchema,
  over: strategySchema,
  /** The end of the factor at which `of` is the faster one by the claim; at the other end it is the slower one. */
  aheadAt: z.enum(['first', 'last']),
  /** A machine with fewer cores cannot refute the claim: what one strategy gains from more of them, it cannot show. */
  refutableFromCores: z.int().positive(),
})

export const verdictRuleSchema = z.discriminatedUnion('kind', [
  speedupRangeSchema,
  modelRuleSchema,
  survivalRuleSchema,
  costRuleSchema,
  contrastRuleSchema,
  replicatedWorkRuleSchema,
  trendRuleSchema,
  crossoverRuleSchema,
  predictionRuleSchema,
  atMostRuleSchema,
  flatRuleSchema,
  lockModelRuleSchema,
  measureRangeRuleSchema,
])

const describedShape = {
  id: kebab,
  title: sentence,
  question: sentence,
  /** The statement that this experiment tests, and its source. */
  claim: z.strictObject({ text: sentence, source: sentence }),
  /** What every sample does, and how much of it; `kind` is a folder of `harness/workload/`. */
  workload: settingsSchema,
  /** Ratios to report: over the sequential stack, and over the same strategy with one replica. */
  baselines: z.array(z.enum(['sequential', 'single-replica'])).min(1),
  verdict: verdictRuleSchema,
  /** Asked of the virtual cores after all samples are taken. Only for bulk transfers that send over `tap`. */
  predictions: predictionPlanSchema.exactOptional(),
  /** The most rounds; a quick run has exactly its own. A full run ends an experiment whose verdict is on ratios earlier, with at least
   *  seven rounds, once no interval of a ratio is wider than ± `target`, as a share of the ratio. */
  rounds: z.strictObject({
    full: z
      .int()
      .min(7, 'must be at least 7: fewer rounds give no 95 % interval of a median that is worth the time'),
    quick: z.int().min(1),
    target: z.number().positive().max(1).default(0.05),
  }),
}

export const definitionSchema = z.strictObject({
  ...describedShape,
  /** Topology of every cell whose set lists none. */
  topology: factorSchemas.topology,
  cells: z.array(cellSetSchema).min(1),
  /**
   * Cells whose behaviour is shown side by side, written like `cells`: beside the samples one exchange of each is captured
   * and recorded. Of stacks, over TCP.
   */
  behaviour: z.array(cellSetSchema).default([]),
})

export const cellSchema = z.strictObject({
  id: z.string(),
  factors: factorsSchema,
  /** Why the machine of the run cannot run it; see `unsupported.ts`. */
  unsupported: sentence.exactOptional(),
})

/** A definition with its cells spelled out, as the manifest of a run keeps it. */
export const experimentSchema = z.strictObject({
  ...describedShape,
  cells: z.array(cellSchema).min(1),
  /** Ids of the cells whose behaviour is shown, in order. */
  behaviour: z.array(z.string()).default([]),
})

/** What a definition file writes. */
export type Definition = z.input<typeof definitionSchema>
export type CellSet = z.infer<typeof cellSetSchema>
export type VerdictRule = z.infer<typeof verdictRuleSchema>
export type SpeedupRange = z.infer<typeof speedupRangeSchema>
export type SurvivalRule = z.infer<typeof survivalRuleSchema>
export type ModelRule = z.infer<typeof modelRuleSchema>
export type ReplicatedWorkRule = z.infer<typeof replicatedWorkRuleSchema>
export type TrendRule = z.infer<typeof trendRuleSchema>
export type CrossoverRule = z.infer<typeof crossoverRuleSchema>
export type CostRule = z.infer<typeof costRuleSchema>
export type ContrastRule = z.infer<typeof contrastRuleSchema>
export type Cell = z.infer<typeof cellSchema>
export type Experiment = z.infer<typeof experimentSchema>
