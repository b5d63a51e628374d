/**
 * From a cell's factors to a plan: the only place where factors become containers and the stack's options. The code
 * that takes a sample gets the plan, never the factors. Every factor has its line here, except those that a workload's
 * specification reads; so no factor can be accepted and then ignored. Pure.
 */
import { type StackSpec, stackSpecSchema } from '../agent/stack-spec.ts'
import { HarnessError } from '../error.ts'
import { isOtherUserLevel, isOwn } from '../matrix/factor.ts'
import type { FactorName, Factors, WorkloadFactor } from '../matrix/factors.ts'
import type { PathImpairment } from '../matrix/impairment.ts'
import { isStack, peerStrategy } from '../matrix/peer.ts'
import type { OtherStackName } from '../other-stacks/other-stacks.ts'
import { standardTcp } from '../topology/tcp-settings.ts'
import type { WorkloadPlan } from '../workload/specification.ts'
import { specificationOf, type WorkloadSettings } from '../workload/workloads.ts'
import type { TestbedPlan } from './testbed.ts'

/** IPv4 and TCP without options: what an MSS leaves of an MTU (RFC 9293 section 3.7.1). */
const headerBytes = 40

/** A stack's specification, without the fields that only a deployed topology knows. */
export type PlannedStack = Omit<StackSpec, 'address' | 'mtuBytes' | 'impairment'>

interface Planned {
  readonly testbed: TestbedPlan
  /** What the workload's sides are to do. */
  readonly work: WorkloadPlan
}

export type CellPlan =
  | (Planned & {
      readonly kind: 'stack'
      readonly stack: PlannedStack
      readonly disturbance: NonNullable<Factors['disturbance']>
      /** Undefined: whatever the topology's link says. */
      readonly impairment: PathImpairment | undefined
      /** The stack at the other end; undefined: Linux. */
      readonly peer: PlannedStack | undefined
    })
  /** Another stack in the place of ours, and the kernel's own at the other end. */
  | (Planned & { readonly kind: 'other'; readonly name: OtherStackName })
  /** A workload that needs no stack. */
  | (Planned & { readonly kind: 'alone' })

/** A plan that is being made. */
interface Draft {
  readonly testbed: { -readonly [Field in keyof TestbedPlan]: TestbedPlan[Field] }
  /** Fields of the option `strategy` of a stack, and of the stack. */
  readonly strategy: Record<string, string | number>
  readonly stack: Record<string, string | number>
  disturbance: NonNullable<Factors['disturbance']>
  impairment: PathImpairment | undefined
  /** The option `strategy` of the stack at the other end. */
  peer: Record<string, string | number> | undefined
}

/** The factors that workloads do not read themselves. */
type PlannedFactor = Exclude<FactorName, WorkloadFactor>

type Application<Name extends PlannedFactor> = (
  draft: Draft,
  value: NonNullable<Factors[Name]>,
  factors: Factors,
) => void

/** What each factor does to the plan. */
const applications: { readonly [Name in PlannedFactor]: Application<Name> } = {
  strategy: ({ strategy, testbed }, kind) => {
    strategy.kind = kind
    // The kernel's own stack is that of every Linux host: its samples share their containers with others.
    if (isOtherUserLevel(kind)) testbed.otherStack = kind
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
  coalescing: ({ stack }, coalescing) => {
    stack.coalescing = coalescing
  },
  reader: ({ strategy, testbed }, reader, { replicas = 1 }) => {
    strategy.reader = reader
    if (reader === 'per-queue') testbed.tapQueues = replicas
  },
  checkAhead: ({ strategy }, requests) => {
    strategy.checkAhead = requests
  },
  idle: ({ stack }, idle) => {
    stack.idle = idle
  },
  placement: ({ stack }, placement) => {
    stack.placement = placement
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
  disturbance: (draft, disturbance) => {
    draft.disturbance = disturbance
  },
  segmentBytes: ({ testbed }, bytes) => {
    testbed.mtuBytes = bytes + headerBytes
  },
  impairment: (draft, impairment) => {
    draft.impairment = impairment
  },
  peer: (draft, peer) => {
    draft.peer = isStack(peer) ? peerStrategy(peer) : undefined
  },
  peerCongestion: ({ testbed }, congestionControl) => {
    testbed.tcp = { ...standardTcp, ...testbed.tcp, congestionControl }
  },
  peerRecovery: ({ testbed }, recovery) => {
    testbed.tcp = { ...standardTcp, ...testbed.tcp, recovery }
  },
  offload: ({ testbed }, offload) => {
    testbed.offloads = offload
  },
  topology: ({ testbed }, topology) => {
    testbed.topology = topology
  },
}

/** `workload` is the experiment's. Throws HarnessError for what cannot be run. */
export function planCell(factors: Factors, workload: WorkloadSettings): CellPlan {
  const draft: Draft = {
    testbed: { topology: factors.topology },
    strategy: {},
    stack: {},
    disturbance: 'none',
    impairment: undefined,
    peer: undefined,
  }
  for (const name of Object.keys(applications) as PlannedFactor[]) apply(name, draft, factors)
  const { usesNetwork, plan } = specificationOf(workload)
  const { testbed, disturbance, impairment } = draft
  const planned = { testbed, work: plan(workload, factors) }
  if (!usesNetwork) return { kind: 'alone', ...planned }
  if (!isOwn(factors.strategy)) return { kind: 'other', name: factors.strategy, ...planned }
  const { strategy, stack } = draft
  // Both ends do the same payload work. All other fields are those of the stack under test only.
  const { payloadWork = 'checksum' } = stack
  return {
    kind: 'stack',
    ...planned,
    stack: plannedStack(strategy, stack),
    disturbance,
    impairment,
    peer: draft.peer === undefined ? undefined : plannedStack(draft.peer, { payloadWork }),
  }
}

function apply<Name extends PlannedFactor>(name: Name, draft: Draft, factors: Factors): void {
  const value = factors[name]
  if (value === undefined) return
  applications[name](draft, value, factors)
}

const plannedStackSchema = stackSpecSchema.omit({ address: true, mtuBytes: true, impairment: true })

function plannedStack(strategy: Draft['strategy'], stack: Draft['stack']): PlannedStack {
  const result = plannedStackSchema.safeParse({ payloadWork: 'checksum', ...stack, strategy })
  if (result.success) return result.data
  throw new HarnessError(
    `No stack can be made of ${JSON.stringify({ ...stack, strategy })}.`,
    'This is a defect of the harness: factors that cannot be run are refused when an experiment is loaded.',
    result.error,
  )
}
