/** Factors that say what a stack is: how it is run, and how its threads divide their work and wait for it. Pure. */
import { z } from 'zod'
import {
  claimFactors,
  coalescingFactors,
  emissionFactors,
  furthestCheck,
  largestChunk,
  ownershipFactors,
  placementFactors,
  processorsNeeded,
  readerFactors,
  verificationFactors,
} from '../../../stack/factors.ts'
import {
  everyStrategy,
  factor,
  parallel,
  powerOfTwo,
  readByReplicas,
  readByStacks,
  stacks,
  strategySchema,
} from '../factor.ts'

const disturbances = {
  none: 'undisturbed',
  kill: 'replicas killed',
  'stall-1': 'stalled 1 ms',
  'stall-10': 'stalled 10 ms',
  'stall-100': 'stalled 100 ms',
  'stall-1000': 'stalled 1 s',
} as const

const placements = {
  free: 'unpinned',
  apart: 'a core each',
  doubled: 'two a core',
  together: 'all on one core',
} as const

export const factorsOfStacks = {
  /** How our one protocol machine is run, or the stack in its place: see `other-stacks/`. */
  strategy: factor({
    schema: strategySchema,
    strategies: everyStrategy,
    readBy: 'every workload',
    words: (kind) => kind,
    unsupported: (kind, _cell, { lacking }) => lacking?.get(kind),
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
    ...readByStacks,
    schema: z.enum(['checksum', 'copy', 'cipher', 'none']),
    words: (work) => work,
    isKind: true,
  }),
  /** What one claim covers: one action, or all actions of a request. */
  claim: factor({
    ...readByReplicas,
    schema: z.enum(claimFactors),
    prefix: 'claim-',
    words: (unit) => `claim per ${unit}`,
  }),
  /** Consecutive actions that one claim covers. */
  chunk: factor({
    ...readByReplicas,
    schema: powerOfTwo(1, largestChunk),
    prefix: 'chunk-',
    words: (actions) => `${actions} actions a claim`,
  }),
  /** Who performs what a claim covers: the first to get there, or each its fixed share. */
  ownership: factor({
    ...readByReplicas,
    schema: z.enum(ownershipFactors),
    prefix: 'ownership-',
    words: (kind) => (kind === 'first' ? 'first come' : 'in rotation'),
  }),
  emission: factor({
    ...readByReplicas,
    schema: z.enum(emissionFactors),
    words: (kind) => `${kind} emission`,
  }),
  /** Where receive checksums are verified: before publishing, by the claimant, or by the device. */
  verification: factor({
    ...readByStacks,
    schema: z.enum(verificationFactors),
    prefix: 'verification-',
    words: (where) =>
      `verified ${where === 'before' ? 'before publishing' : where === 'claimed' ? 'by claim' : 'by device'}`,
  }),
  /**
   * Whether segments that were read together are merged and acknowledged together, as by a host whose interface merges them
   * (GRO).
   */
  coalescing: factor({
    schema: z.enum(coalescingFactors),
    strategies: stacks,
    readBy: 'workloads over TCP',
    prefix: 'coalescing-',
    words: (state) => (state === 'on' ? 'bursts merged' : 'every segment apart'),
    isKind: true,
  }),
  reader: factor({
    ...readByReplicas,
    schema: z.enum(readerFactors),
    prefix: 'reader-',
    words: (kind) => `${kind} reader`,
  }),
  /** How many further requests a replica checks ahead while it waits for a pending verdict. */
  checkAhead: factor({
    ...readByReplicas,
    schema: z.int().min(0).max(furthestCheck),
    prefix: 'ahead-',
    words: (requests) => `${requests} checked ahead`,
  }),
  idle: factor({
    ...readByStacks,
    schema: z.enum(['spin', 'backoff', 'park']),
    prefix: 'idle-',
    words: (kind) => `${kind} when idle`,
  }),
  /** Which cores the stack's threads run on; the application's thread is not pinned. */
  placement: factor({
    ...readByStacks,
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
    ...readByReplicas,
    schema: z.enum(['on', 'off']),
    prefix: 'digests-',
    words: (state) => `digests ${state}`,
  }),
  /** What happens to replicas during a sample: they are killed, or stalled for this number of milliseconds. */
  disturbance: factor({
    ...readByReplicas,
    schema: z.enum(['none', 'kill', 'stall-1', 'stall-10', 'stall-100', 'stall-1000']),
    prefix: 'disturbance-',
    words: (kind) => disturbances[kind],
  }),
} as const
