/**
 * How a workload takes a sample, seen from this machine. Most are *exchanges* between two ends: the stack's side or, where
 * the node under test is Linux, a program that stands for it; and a program at the peer. Others run *alone* in the
 * stack's container. Containers, processes, order and time limits are the testbed's.
 */
import type { ProcessorTime } from '../agent/messages.ts'
import type { Measured } from '../measure/measures.ts'
import type { PeerProgram } from '../peers/peer-process.ts'
import type { Delivery } from '../result/sample.ts'
import type { Counters } from '../topology/counters.ts'

/** How much one exchange does, in the workload's unit: what comes before its measurement, and what is measured. */
export interface Extent {
  readonly settling: number
  readonly measured: number
}

/** Where an exchange takes place. */
export interface Site {
  /** On this machine; the containers see it as `paths.shared`. */
  readonly directory: string
  readonly stackAddress: string
  readonly peerAddress: string
  /** For whoever listens. */
  readonly port: number
  /** Undefined between Linux hosts: nobody does any. */
  readonly payloadWork: string | undefined
  /** Whether frames are lost or late on purpose: then to be slow is no failure. */
  readonly isImpaired: boolean
}

export interface Exchange {
  /** Who waits for the other's connections; the other end begins once it does. */
  readonly listens: 'stack' | 'peer'
  /** For the stack's side. */
  readonly task: object
  /** At the peer; and in place of the stack's side. */
  readonly peer: PeerProgram
  readonly standIn: PeerProgram
  /** For a stack of ours in the place of the peer's program; in every workload that `facesStacks`. */
  readonly peerTask?: object
  readonly timeoutSeconds: number
}

/** What happened on both hosts during an exchange: differences between before and after. */
export interface Observation {
  readonly cpuMicros: { readonly stack: number; readonly peer: number }
  readonly memoryBytes: { readonly stack: number; readonly peer: number }
  /** The peer's counters that moved; and those of the node under test, where it is Linux. */
  readonly peer: Counters
  readonly stack: Counters
}

/** What both ends told, each in the workload's own words, and what was observed besides. */
export interface Ended {
  /** By the stack's side or by what stood for it, which is told by `protocol`: the machine's counters, of a stack only. */
  readonly stack: unknown
  readonly protocol: Readonly<Record<string, number>> | undefined
  /** Of our stack only. */
  readonly processorTime?: ProcessorTime
  readonly peer: unknown
  /** As `protocol`, of a stack in the peer's place. */
  readonly peerProtocol?: Readonly<Record<string, number>> | undefined
  readonly seen: Observation
}

export interface Outcome {
  readonly measures: Measured
  readonly deliveries: readonly Delivery[]
  /** How long the measurement took. */
  readonly measuredMicros: number
}

export interface ExchangeSide<Options extends object = object> {
  readonly kind: 'exchange'
  exchange(options: Options, extent: Extent, site: Site): Promise<Exchange>
  /** Throws HarnessError if an end failed. */
  conclude(options: Options, ended: Ended, extent: Extent): Outcome
}

/** What ran alone also compares states, or has none. */
export interface AloneOutcome extends Outcome {
  readonly requests: number
  readonly digestsCompared: number
  readonly divergences: number
}

export interface AloneSide<Options extends object = object> {
  readonly kind: 'alone'
  task(options: Options, extent: Extent): { readonly task: object; readonly timeoutSeconds: number }
  conclude(extent: Extent, told: unknown): AloneOutcome
}

export type HostSide = ExchangeSide | AloneSide

/** Per second of a time in microseconds. */
export function perSecond(count: number, micros: number): number {
  return (1e6 * count) / micros
}
