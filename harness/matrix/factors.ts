/**
 * The factors of the experiment matrix: the only names and values that an experiment may vary. Every table,
 * file and summary spells them as here. Invariant: a cell's factors pass `factorsSchema`.
 */
import { z } from 'zod'
import { identifyImpairment, impairmentSchema, type PathImpairment } from './impairment.ts'

function powerOfTwo(least: number, most: number) {
  const isPower = (value: number) => (value & (value - 1)) === 0
  return z.int().min(least).max(most).refine(isPower, 'must be a power of two')
}

/** One schema per factor, in the order in which identifiers and tables list them. */
export const factorSchemas = {
  /** How the one protocol machine is run; `linux` is the kernel's own stack, for reference. */
  strategy: z.enum(['sequential', 'replicated', 'locked', 'sharded', 'pipelined', 'linux']),
  /** Threads that process: replicas, or the workers of another parallel strategy. */
  replicas: z.int().min(1).max(64),
  /** What is done to every payload byte. */
  payloadWork: z.enum(['checksum', 'copy', 'cipher']),
  /** What is claimed as a whole: one action, or all actions of a request. */
  claim: z.enum(['action', 'request']),
  /** Consecutive actions that one claim covers. */
  chunk: powerOfTwo(1, 1024),
  /** Who performs what a claim covers: the first to get there, or each its fixed share. */
  ownership: z.enum(['first', 'rotation']),
  emission: z.enum(['relaxed', 'ordered']),
  /** Where receive checksums are verified: before publishing, by the claimant, or by the device. */
  verification: z.enum(['before', 'claimed', 'trusted']),
  reader: z.enum(['rotating', 'dedicated', 'per-queue']),
  idle: z.enum(['spin', 'backoff', 'park']),
  /** How threads of the locked strategy wait for the lock. */
  lock: z.enum(['spin', 'ticket', 'parking']),
  /** Requests that the channel holds. */
  slotCount: powerOfTwo(8, 65_536),
  /** State digests while a run goes on; without them states are compared at its end only. */
  digests: z.enum(['on', 'off']),
  /** TCP connections that carry the bytes at the same time, an equal share each; as many as a stack holds by default. */
  connections: z.int().min(1).max(64),
  /** r = s / (s + p): of a request's work, the share that every replica repeats. Synthetic traffic only. */
  workRatio: z.number().min(0.01).max(0.99),
  /** What happens to replicas during a transfer: killed, or made to sleep for so many milliseconds. */
  disturbance: z.enum(['none', 'kill', 'stall-1', 'stall-10', 'stall-100', 'stall-1000']),
  /** The MSS that both ends announce: headers and this much make the link's MTU. Options such as timestamps take part of it. */
  segmentBytes: z.int().min(536).max(8960),
  /** Which way the bytes go, seen from the stack under test; the experiment says it for cells that do not. */
  traffic: z.enum(['send', 'receive']),
  /** What happens to frames on the way, both ways. */
  impairment: impairmentSchema,
  /** Segmentation and checksum offload; the Linux reference only. */
  offload: z.enum(['off', 'on']),
  topology: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case'),
} as const

export type FactorName = keyof typeof factorSchemas

export const factorNames = Object.keys(factorSchemas) as FactorName[]

const { strategy, topology, ...varying } = factorSchemas

/** The factors of one cell: strategy and topology always, the others where they mean something. */
export const factorsSchema = z.strictObject({ strategy, topology, ...z.object(varying).partial().shape })

export type Factors = z.infer<typeof factorsSchema>
export type Strategy = Factors['strategy']
export type PayloadWork = NonNullable<Factors['payloadWork']>
export type FactorValue = string | number | PathImpairment

/** How a value reads inside an identifier, where a bare number or switch would not say what it counts. */
const prefixes: Partial<Record<FactorName, string>> = {
  replicas: 'n',
  segmentBytes: 'segment-',
  offload: 'offload-',
  impairment: 'path-',
  claim: 'claim-',
  chunk: 'chunk-',
  ownership: 'ownership-',
  verification: 'verification-',
  reader: 'reader-',
  idle: 'idle-',
  lock: 'lock-',
  slotCount: 'slots-',
  digests: 'digests-',
  connections: 'c',
  workRatio: 'r',
  disturbance: 'disturbance-',
}

/** A stable identifier, also a folder's name: `replicated-n2-checksum-tap`. Equal factors, equal identifier. */
export function identifyFactors(factors: Factors): string {
  return factorNames
    .filter((name) => factors[name] !== undefined)
    .map((name) => `${prefixes[name] ?? ''}${factorText(factors[name] as FactorValue)}`)
    .join('-')
}

/** A value as identifiers have it; equal values, equal text. */
export function factorText(value: FactorValue): string {
  return typeof value === 'object' ? identifyImpairment(value) : String(value)
}

/** Whether two cells have the same value of a factor, or both have none. */
export function agreeOn(name: FactorName, first: Factors, second: Factors): boolean {
  const [one, other] = [first[name], second[name]]
  if (one === undefined || other === undefined) return one === other
  return factorText(one) === factorText(other)
}
