/**
 * The factors of the experiment matrix: the only names and values that an experiment may vary. Every table,
 * file and summary spells them as here. Invariant: a cell's factors pass `factorsSchema`.
 */
import { z } from 'zod'
import {
  claimFactors,
  emissionFactors,
  furthestCheck,
  largestChunk,
  ownershipFactors,
  placementFactors,
  processorsNeeded,
  readerFactors,
  verificationFactors,
} from '../../stack/factors.ts'
import { congestionControls, recoveries } from '../topology/tcp-settings.ts'
import { everyStrategy, factor, parallel, powerOfTwo, stacks, strategySchema } from './factor.ts'
import {
  describeImpairment,
  identifyImpairment,
  impairmentSchema,
  type PathImpairment,
} from './impairment.ts'
import { describeMicroprotocols, microprotocolSetNames } from './microprotocol-sets.ts'
import { describePeer, peerSchema } from './peer.ts'

const ofReplicas = { strategies: ['replicated'], readBy: 'networked workloads' } as const
const ofStacks = { strategies: stacks, readBy: 'networked workloads' } as const

/** With more, each would have no more than some ten segments in a sample of a second. */
const mostConnections = 1024

const disturbances = {
  none: 'undisturbed',
  kill: 'replicas killed',
  'stall-1': 'stalled 1 ms',
  'stall-10': 'stalled 10 ms',
  'stall-100': 'stalled 100 ms',
  'stall-1000': 'stalled 1 s',
} as const

const sizeInWords = (bytes: number) => (bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`)
const placements = {
  free: 'unpinned',
  apart: 'a core each',
  doubled: 'two a core',
  together: 'all on one core',
} as const

/** One declaration a factor, in the order in which identifiers and tables list them. */
export const declaredFactors = {
  /** How the one protocol machine is run; `linux` is the kernel's own stack, for reference. */
  strategy: factor({
    schema: strategySchema,
    strategies: everyStrategy,
    readBy: 'every workload',
    words: (kind) => kind,
  }),
  /** Threads that process: replicas, or the workers of another parallel strategy. */
  replicas: factor({
    schema: z.int().min(1).max(64),
    strategies: parallel,
    readBy: 'every workload',
    prefix: 'n',
    words: (count) => `N=${count}`,
  }),
  /** What is done to every payload byte. */
  payloadWork: factor({
    ...ofStacks,
    schema: z.enum(['checksum', 'copy', 'cipher']),
    words: (work) => work,
    isKind: true,
  }),
  /** What one claim covers: one action, or all actions of a request. */
  claim: factor({
    ...ofReplicas,
    schema: z.enum(claimFactors),
    prefix: 'claim-',
    words: (unit) => `claim per ${unit}`,
  }),
  /** Consecutive actions that one claim covers. */
  chunk: factor({
    ...ofReplicas,
    schema: powerOfTwo(1, largestChunk),
    prefix: 'chunk-',
    words: (actions) => `${actions} actions a claim`,
  }),
  /** Who performs what a claim covers: the first to get there, or each its fixed share. */
  ownership: factor({
    ...ofReplicas,
    schema: z.enum(ownershipFactors),
    prefix: 'ownership-',
    words: (kind) => (kind === 'first' ? 'first come' : 'in rotation'),
  }),
  emission: factor({
    ...ofReplicas,
    schema: z.enum(emissionFactors),
    words: (kind) => `${kind} emission`,
  }),
  /** Where receive checksums are verified: before publishing, by the claimant, or by the device. */
  verification: factor({
    ...ofStacks,
    schema: z.enum(verificationFactors),
    prefix: 'verification-',
    words: (where) =>
      `verified ${where === 'before' ? 'before publishing' : where === 'claimed' ? 'by claim' : 'by device'}`,
  }),
  reader: factor({
    ...ofReplicas,
    schema: z.enum(readerFactors),
    prefix: 'reader-',
    words: (kind) => `${kind} reader`,
  }),
  /** How many further requests a replica checks ahead while it waits for a pending verdict. */
  checkAhead: factor({
    ...ofReplicas,
    schema: z.int().min(0).max(furthestCheck),
    prefix: 'ahead-',
    words: (requests) => `${requests} checked ahead`,
  }),
  idle: factor({
    ...ofStacks,
    schema: z.enum(['spin', 'backoff', 'park']),
    prefix: 'idle-',
    words: (kind) => `${kind} when idle`,
  }),
  /** Which cores the stack's threads run on; the application's thread is not pinned. */
  placement: factor({
    ...ofStacks,
    schema: z.enum(placementFactors),
    prefix: 'placement-',
    words: (where) => placements[where],
    isKind: true,
    unsupported: (where, { replicas = 1, reader }, { cores }) => {
      const threads = replicas + (reader === 'dedicated' ? 1 : 0)
      const needed = processorsNeeded(where, threads)
      if (needed <= cores) return undefined
      return `${threads} threads ${placements[where]} need ${needed} cores, and this machine has ${cores}`
    },
  }),
  /** How threads of the locked strategy wait for the lock. */
  lock: factor({
    schema: z.enum(['spin', 'ticket', 'parking']),
    strategies: ['locked'],
    readBy: 'networked workloads',
    prefix: 'lock-',
    words: (kind) => `${kind} lock`,
  }),
  /** Requests that the channel holds. Not for the locked strategy, which has a few slots for each of its threads. */
  slotCount: factor({
    schema: powerOfTwo(8, 65_536),
    strategies: stacks.filter((strategy) => strategy !== 'locked'),
    readBy: 'networked workloads',
    prefix: 'slots-',
    words: (count) => `${count} slots`,
  }),
  /** Whether state digests are compared during a run; without them states are compared only at its end. */
  digests: factor({
    ...ofReplicas,
    schema: z.enum(['on', 'off']),
    prefix: 'digests-',
    words: (state) => `digests ${state}`,
  }),
  /** TCP connections at the same time, each with an equal share. */
  connections: factor({
    schema: z.int().min(1).max(mostConnections),
    strategies: everyStrategy,
    readBy: 'some workloads',
    prefix: 'c',
    words: (count) => `${count} connection${count === 1 ? '' : 's'}`,
    isKind: true,
  }),
  /** r = s / (s + p): of a request's work, the share that every replica repeats. */
  workRatio: factor({
    schema: z.number().min(0.01).max(0.99),
    strategies: ['sequential', 'replicated', 'locked'],
    readBy: 'some workloads',
    prefix: 'r',
    words: (share) => `r = ${share}`,
    isKind: true,
  }),
  /** Lines of memory that each request changes in the state: under a lock they come from whoever held it before. */
  stateLines: factor({
    schema: z.int().min(0).max(4096),
    strategies: ['sequential', 'replicated', 'locked'],
    readBy: 'some workloads',
    prefix: 'lines-',
    words: (count) => `${count} lines of state`,
    isKind: true,
  }),
  /** Most requests that are published to a channel at once. */
  publishBatch: factor({
    schema: z.int().min(1).max(64),
    strategies: ['replicated'],
    readBy: 'some workloads',
    prefix: 'batch-',
    words: (count) => (count === 1 ? 'published singly' : `published by ${count}`),
  }),
  /** Which end of a connection the stack under test is. */
  role: factor({
    schema: z.enum(['server', 'client']),
    strategies: everyStrategy,
    readBy: 'some workloads',
    words: (role) => role,
    isKind: true,
  }),
  /** Size of each request, and of each response. */
  messageBytes: factor({
    schema: z.int().min(1).max(65_536),
    strategies: everyStrategy,
    readBy: 'some workloads',
    prefix: 'message-',
    words: sizeInWords,
    isKind: true,
  }),
  /** Requests under way at the same time on a connection. */
  depth: factor({
    schema: z.int().min(1).max(32),
    strategies: everyStrategy,
    readBy: 'some workloads',
    prefix: 'depth-',
    words: (count) => `depth ${count}`,
    isKind: true,
  }),
  /** Payload of a datagram. */
  datagramBytes: factor({
    schema: z.int().min(64).max(1472),
    strategies: everyStrategy,
    readBy: 'some workloads',
    prefix: 'datagram-',
    words: (size) => `${size} B`,
    isKind: true,
  }),
  /** Body of each HTTP response. */
  bodyBytes: factor({
    schema: z.int().min(1).max(1_000_000),
    strategies: everyStrategy,
    readBy: 'some workloads',
    prefix: 'body-',
    words: sizeInWords,
    isKind: true,
  }),
  /** Which microprotocols a composite protocol has: see `microprotocol-sets.ts`. */
  microprotocols: factor({
    ...ofStacks,
    schema: z.enum(microprotocolSetNames),
    readBy: 'some workloads',
    prefix: 'ctp-',
    words: describeMicroprotocols,
    isKind: true,
  }),
  /** Datagrams sent each second, whether or not they arrive; 0: a window that moves with the receiver's reports. */
  /**
   * Datagrams or requests each second, whatever becomes of earlier ones; of datagrams also 0: a window that moves with the
   * receiver's reports.
   */
  offeredPerSecond: factor({
    schema: z.int().min(0).max(1_000_000),
    strategies: everyStrategy,
    readBy: 'some workloads',
    prefix: 'offered-',
    words: (count) => (count === 0 ? 'windowed' : `${count / 1000} k/s`),
    isKind: true,
  }),
  /** What happens to replicas during a sample: they are killed, or stalled for this number of milliseconds. */
  disturbance: factor({
    ...ofReplicas,
    schema: z.enum(['none', 'kill', 'stall-1', 'stall-10', 'stall-100', 'stall-1000']),
    prefix: 'disturbance-',
    words: (kind) => disturbances[kind],
  }),
  /** The MSS that both ends announce. The link's MTU is this plus the headers; TCP options take part of the segment. */
  segmentBytes: factor({
    schema: z.int().min(536).max(8960),
    strategies: everyStrategy,
    readBy: 'networked workloads',
    prefix: 'segment-',
    words: (size) => `${size} B`,
    isKind: true,
  }),
  /** Most bytes that the application writes at once: each write is one request. */
  writeBytes: factor({
    schema: z
      .int()
      .min(1024)
      .max(2 ** 20),
    ...ofStacks,
    readBy: 'some workloads',
    prefix: 'write-',
    words: (bytes) => `writes of ${sizeInWords(bytes)}`,
    isKind: true,
  }),
  /** Which way the bytes go, seen from the stack under test; cells without it take the workload's setting. */
  direction: factor({
    schema: z.enum(['send', 'receive']),
    strategies: everyStrategy,
    readBy: 'some workloads',
    words: (direction) => direction,
    isKind: true,
  }),
  /** The stack at the other end: `linux` (also if absent), or ours by strategy and threads, such as `replicated-2`. */
  peer: factor({
    schema: peerSchema,
    strategies: stacks,
    readBy: 'workloads between stacks',
    prefix: 'peer-',
    words: describePeer,
    isKind: true,
  }),
  /**
   * Congestion control of the Linux hosts: the peer, the node under test where it is Linux, and any beside them. It means
   * something to a host that sends; that of our stack is its own.
   */
  peerCongestion: factor({
    schema: z.enum(congestionControls),
    strategies: everyStrategy,
    readBy: 'workloads over TCP',
    prefix: 'linux-',
    words: (control) => `Linux sends by ${control}`,
    isKind: true,
  }),
  /** How the Linux hosts detect losses when they send; `2011`: without RACK and tail loss probes, by duplicate ACKs. */
  peerRecovery: factor({
    schema: z.enum(recoveries),
    strategies: everyStrategy,
    readBy: 'workloads over TCP',
    prefix: 'recovery-',
    words: (recovery) => (recovery === '2011' ? 'loss detection of 2011' : 'current loss detection'),
    isKind: true,
  }),
  /** What happens to frames in both directions. The stack emulates the path, since a kernel may lack an emulator. */
  impairment: factor({
    ...ofStacks,
    schema: impairmentSchema,
    prefix: 'path-',
    words: describeImpairment,
    isKind: true,
  }),
  /** Segmentation and checksum offload; the Linux reference only. */
  offload: factor({
    schema: z.enum(['off', 'on']),
    strategies: ['linux'],
    readBy: 'networked workloads',
    prefix: 'offload-',
    words: (state) => `offloads ${state}`,
  }),
  topology: factor({
    schema: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case'),
    strategies: everyStrategy,
    readBy: 'every workload',
    words: (id) => id,
  }),
} as const

type Declared = typeof declaredFactors
export type FactorName = keyof Declared
/** Factors that workloads read themselves; the code that makes containers and stacks reads all others. */
export type WorkloadFactor = {
  [Name in FactorName]: Declared[Name]['readBy'] extends 'some workloads' ? Name : never
}[FactorName]

/**
 * Factors that a workload may name as its own: also those of stacks, for a workload without a network, which has no stack
 * that reads them.
 */
export type NamedFactor =
  | WorkloadFactor
  | {
      [Name in FactorName]: Declared[Name]['readBy'] extends 'networked workloads' ? Name : never
    }[FactorName]

export const factorNames = Object.keys(declaredFactors) as FactorName[]

export const factorSchemas = Object.fromEntries(
  factorNames.map((name) => [name, declaredFactors[name].schema]),
) as unknown as { readonly [Name in FactorName]: Declared[Name]['schema'] }

const { strategy, topology, ...varying } = factorSchemas

/** The factors of one cell: strategy and topology always, the others where they mean something. */
export const factorsSchema = z.strictObject({ strategy, topology, ...z.object(varying).partial().shape })

export type Factors = z.infer<typeof factorsSchema>
export type PayloadWork = NonNullable<Factors['payloadWork']>
export type FactorValue = string | number | PathImpairment

/** A stable identifier, also a folder's name: `replicated-n2-checksum-tap`. Equal factors, equal identifier. */
export function identifyFactors(cell: Factors): string {
  return factorNames
    .filter((name) => cell[name] !== undefined)
    .map((name) => `${declaredFactors[name].prefix ?? ''}${factorText(cell[name] as FactorValue)}`)
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
