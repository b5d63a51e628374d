/** Factors that say what the work is, what applications exchange or what requests cost: read by workloads that name them. Pure. */
import { z } from 'zod'
import { everyStrategy, factor, readByStacks, stacksAndLinux } from '../factor.ts'
import { describeMicroprotocols, microprotocolSetNames } from '../microprotocol-sets.ts'

/** With more, each would have no more than some ten segments in a sample of a second. */
const mostConnections = 1024

const sizeInWords = (bytes: number) => (bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`)

export const factorsOfTraffic = {
  /** TCP connections at the same time, each with an equal share. */
  connections: factor({
    schema: z.int().min(1).max(mostConnections),
    strategies: stacksAndLinux,
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
    strategies: stacksAndLinux,
    readBy: 'some workloads',
    words: (role) => role,
    isKind: true,
  }),
  /** Size of each request, and of each response. */
  messageBytes: factor({
    schema: z.int().min(1).max(65_536),
    strategies: stacksAndLinux,
    readBy: 'some workloads',
    prefix: 'message-',
    words: sizeInWords,
    isKind: true,
  }),
  /** Requests under way at the same time on a connection. */
  depth: factor({
    schema: z.int().min(1).max(32),
    strategies: stacksAndLinux,
    readBy: 'some workloads',
    prefix: 'depth-',
    words: (count) => `depth ${count}`,
    isKind: true,
  }),
  /** Payload of a datagram. */
  datagramBytes: factor({
    schema: z.int().min(64).max(1472),
    strategies: stacksAndLinux,
    readBy: 'some workloads',
    prefix: 'datagram-',
    words: (size) => `${size} B`,
    isKind: true,
  }),
  /** Body of each HTTP response. */
  bodyBytes: factor({
    schema: z.int().min(1).max(1_000_000),
    strategies: stacksAndLinux,
    readBy: 'some workloads',
    prefix: 'body-',
    words: sizeInWords,
    isKind: true,
  }),
  /** Which microprotocols a composite protocol has: see `microprotocol-sets.ts`. */
  microprotocols: factor({
    ...readByStacks,
    schema: z.enum(microprotocolSetNames),
    readBy: 'some workloads',
    prefix: 'ctp-',
    words: describeMicroprotocols,
    isKind: true,
  }),
  /**
   * Datagrams or requests each second, whatever becomes of earlier ones; of datagrams also 0: a window that moves with the
   * receiver's reports.
   */
  offeredPerSecond: factor({
    schema: z.int().min(0).max(1_000_000),
    strategies: stacksAndLinux,
    readBy: 'some workloads',
    prefix: 'offered-',
    words: (count) => (count === 0 ? 'windowed' : `${count / 1000} k/s`),
    isKind: true,
  }),
  /** Most bytes that the application writes at once: each write is one request. */
  writeBytes: factor({
    schema: z
      .int()
      .min(1024)
      .max(2 ** 20),
    ...readByStacks,
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
} as const
