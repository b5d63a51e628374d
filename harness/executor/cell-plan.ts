/**
 * From a cell's factors to what runs it: the one place where the matrix's words become containers, the stack's options
 * and the peer's. Whoever takes a sample is given the plan and never the factors, and every factor has its line here, so
 * none can be accepted and read by nobody. Pure.
 */
import { type StackSpec, stackSpecSchema } from '../agent/transfer-spec.ts'
import { HarnessError } from '../error.ts'
import type { Traffic } from '../matrix/experiment.ts'
import { type FactorName, type Factors, factorNames } from '../matrix/factors.ts'
import type { PathImpairment } from '../matrix/impairment.ts'
import type { BenchPlan } from './bench.ts'

/** IPv4 and TCP without options: what an MSS leaves of an MTU (RFC 9293 section 3.7.1). */
const headerBytes = 40

/** A stack's specification, but for what only a deployed topology knows. */
export type PlannedStack = Omit<StackSpec, 'address' | 'mtuBytes' | 'impairment'>

interface Transfer {
  readonly bench: BenchPlan
  readonly direction: 'send' | 'receive'
  readonly connections: number
}

export type CellPlan =
  | (Transfer & {
      readonly kind: 'stack'
      readonly stack: PlannedStack
      readonly disturbance: NonNullable<Factors['disturbance']>
      /** Undefined: whatever the topology's link says. */
      readonly impairment: PathImpairment | undefined
    })
  | (Transfer & { readonly kind: 'linux' })
  /** `replicas` 0: one plain loop, without a channel. */
  | {
      readonly kind: 'model'
      readonly bench: BenchPlan
      readonly replicas: number
      readonly workRatio: number
    }

/** A plan that is being made. */
interface Draft {
  readonly bench: { -readonly [Field in keyof BenchPlan]: BenchPlan[Field] }
  readonly transfer: { direction: 'send' | 'receive'; connections: number }
  /** Fields of the option `strategy` of a stack, and of the stack. */
  readonly strategy: Record<string, string | number>
  readonly stack: Record<string, string | number>
  disturbance: NonNullable<Factors['disturbance']>
  impairment: PathImpairment | undefined
  workRatio: number | undefined
}

type Application<Name extends FactorName> = (
  draft: Draft,
  value: NonNullable<Factors[Name]>,
  factors: Factors,
) => void

/** What each factor does to the plan. */
export const applications: { readonly [Name in FactorName]: Application<Name> } = {
  strategy: ({ strategy }, kind) => {
    strategy.kind = kind
  },
  replicas: ({ strategy }, count, { strategy: kind }) => {
    strategy[kind === 'replicated' ? 'replicas' : 'workers'] = count
  },
  payloadWork: ({ stack }, work) => {
    stack.payloadWork = work
  },
  claim: ({ strategy }, claim) => {
    strategy.claim = claim
  },
  chunk: ({ strategy }, actions) => {
    strategy.chunk = actions
  },
  ownership: ({ strategy }, ownership) => {
    strategy.ownership = ownership
  },
  emission: ({ strategy }, emission) => {
    strategy.emission = emission
  },
  verification: ({ stack }, verification) => {
    stack.verification = verification
  },
  reader: ({ strategy, bench }, reader, { replicas = 1 }) => {
    strategy.reader = reader
    if (reader === 'per-queue') bench.tapQueues = replicas
  },
  idle: ({ stack }, idle) => {
    stack.idle = idle
  },
  lock: ({ strategy }, lock) => {
    strategy.lock = lock
  },
  slotCount: ({ stack }, slots) => {
    stack.slotCount = slots
  },
  digests: ({ stack }, digests) => {
    if (digests === 'off') stack.digestStride = 0
  },
  connections: ({ transfer }, count) => {
    transfer.connections = count
  },
  workRatio: (draft, ratio) => {
    draft.workRatio = ratio
  },
  disturbance: (draft, disturbance) => {
    draft.disturbance = disturbance
  },
  segmentBytes: ({ bench }, bytes) => {
    bench.mtuBytes = bytes + headerBytes
  },
  traffic: ({ transfer }, direction) => {
    transfer.direction = direction
  },
  impairment: (draft, impairment) => {
    draft.impairment = impairment
  },
  offload: ({ bench }, offload) => {
    bench.offloads = offload
  },
  topology: ({ bench }, topology) => {
    bench.topology = topology
  },
}

/** `traffic` is the experiment's: a cell that says nothing else has it. Throws HarnessError for what cannot be run. */
export function planCell(factors: Factors, traffic: Traffic): CellPlan {
  const direction = traffic === 'synthetic' ? 'send' : traffic
  const draft: Draft = {
    bench: { topology: factors.topology },
    transfer: { direction, connections: 1 },
    strategy: {},
    stack: {},
    disturbance: 'none',
    impairment: undefined,
    workRatio: undefined,
  }
  for (const name of factorNames) apply(name, draft, factors)
  const { bench, transfer } = draft
  if (traffic === 'synthetic') return modelPlan(draft, factors)
  if (factors.strategy === 'linux') return { kind: 'linux', bench, ...transfer }
  const { disturbance, impairment } = draft
  return { kind: 'stack', bench, ...transfer, stack: plannedStack(draft), disturbance, impairment }
}

function apply<Name extends FactorName>(name: Name, draft: Draft, factors: Factors): void {
  const value = factors[name]
  if (value === undefined) return
  applications[name](draft, value, factors)
}

const plannedStackSchema = stackSpecSchema.omit({ address: true, mtuBytes: true, impairment: true })

function plannedStack({ strategy, stack }: Draft): PlannedStack {
  const result = plannedStackSchema.safeParse({ payloadWork: 'checksum', ...stack, strategy })
  if (result.success) return result.data
  throw new HarnessError(
    `No stack can be made of ${JSON.stringify({ ...stack, strategy })}.`,
    'This is a defect of the harness: factors that cannot be run are refused when an experiment is loaded.',
    result.error,
  )
}

function modelPlan({ bench, workRatio }: Draft, { strategy, replicas = 1 }: Factors): CellPlan {
  if (workRatio === undefined) {
    throw new HarnessError('Synthetic traffic needs a workRatio.', 'Give every cell of the experiment one.')
  }
  return { kind: 'model', bench, workRatio, replicas: strategy === 'sequential' ? 0 : replicas }
}
