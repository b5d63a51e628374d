/**
 * How a workload takes a sample, seen from this machine. Most are *exchanges* between two ends: the stack's side or, where
 * the node under test is Linux, a program that stands for it; and a program at the peer. Others run *alone* in the
 * stack's container. The testbed owns containers, processes, order and time limits.
 */
import type { ProcessorTime } from '../agent/messages.ts'
import type { Interference } from '../fidelity/interference.ts'
import type { Measured } from '../measure/measures.ts'
import type { PeerProgram } from '../peers/peer-process.ts'
import type { Delivery, WindowSeries } from '../result/sample.ts'
import type { Counters } from '../topology/counters.ts'

/** How much one exchange does, in the workload's unit: before its measurement begins, and within it. */
export interface Extent {
  readonly settling: number
  readonly measured: number
}

/** Share of the measured amount that precedes the measurement: for slow start, and for caches that other cells used. */
const settlingShare = 1 / 8

/** Of a sample; `settling` where a workload asks for more than the share that every sample has. */
export function extentOf(measured: number, settling = 0): Extent {
  return { settling: Math.max(settling, settlingShare * measured), measured }
}

/** Where an exchange takes place. */
export interface Site {
  /** On this machine; the containers see it as `paths.shared`. */
  readonly directory: string
  readonly stackAddress: string
  readonly peerAddress: string
  /** Of another host of the topology. */
  addressOf(node: string): string
  /** Port of the end that listens. */
  readonly port: number
  /** Undefined between Linux hosts, which do no payload work. */
  readonly payloadWork: string | undefined
  /** Of everything random in the sample, 32 bits. */
  readonly seed: number
  /** Whether frames are lost or late on purpose: then a slow exchange is no failure. */
  readonly isImpaired: boolean
}

export interface Exchange {
  /** The end that waits for connections; the other end begins once this one listens. */
  readonly listens: 'stack' | 'peer'
  /** For the stack's side. */
  readonly task: object
  /**
   * The program at the peer, and the program in place of the stack's side if the node under test is Linux. Absent where no
   * cell has a Linux host.
   */
  readonly peer?: PeerProgram
  readonly standIn?: PeerProgram
  /** The task of a stack at the other end, in place of the peer's program; in every workload that `facesStacks`. */
  readonly peerTask?: object
  /** Programs of the specification's `hosts`, in the order in which they start, before either end. */
  readonly beside?: readonly HostProgram[]
  readonly timeoutSeconds: number
}

/** A program at another host of the topology. One that opens connections is stopped once both ends are done. */
export interface HostProgram {
  readonly node: string
  readonly program: PeerProgram
}

/** What happened on both hosts during an exchange: differences between before and after; the memory is that after. */
export interface Observation {
  readonly cpuMicros: { readonly stack: number; readonly peer: number }
  readonly memoryBytes: { readonly stack: number; readonly peer: number }
  /** The kernel's counters that changed, at the peer and at the node under test. Those of our stack are in `Ended`. */
  readonly peer: Counters
  readonly stack: Counters
  /** Undefined where the processes of the containers cannot be seen. */
  readonly interference?: Interference | undefined
}

/** The results of both ends, whose schemas belong to the workload, and what was observed besides. */
export interface Ended {
  /** The result of the stack's side and its machine's counters; or of the program in its place, without counters. */
  readonly stack: unknown
  readonly protocol: Readonly<Record<string, number>> | undefined
  /** Set if the stack's side had its connection neither in our machine nor in the kernel: their counters do not tell of it. */
  readonly isUncounted?: true
  /** Of our stack only. */
  readonly processorTime?: ProcessorTime
  readonly sleeps?: number
  readonly peer: unknown
  /** The results of the programs `beside`, in their order. */
  readonly beside?: readonly unknown[]
  /** As `protocol`, of a stack at the other end. */
  readonly peerProtocol?: Readonly<Record<string, number>> | undefined
  readonly seen: Observation
}

export interface Outcome {
  readonly measures: Measured
  readonly deliveries: readonly Delivery[]
  /** How long the measurement took. */
  readonly measuredMicros: number
  /** If the sender's windows were recorded. */
  readonly windows?: WindowSeries
  /** What a reader should know about this sample, as whole sentences. */
  readonly note?: string
}

export interface ExchangeSide<Options extends object = object> {
  readonly kind: 'exchange'
  exchange(options: Options, extent: Extent, site: Site): Promise<Exchange>
  /** Throws HarnessError if an end failed. */
  conclude(options: Options, ended: Ended, extent: Extent): Outcome
}

/** The outcome of a workload that runs alone, with the states that it compared; 0 if it compares none. */
export interface AloneOutcome extends Outcome {
  readonly requests: number
  readonly digestsCompared: number
  readonly divergences: number
}

export interface AloneSide<Options extends object = object> {
  readonly kind: 'alone'
  /** Set if a sample tells what it is for whatever else uses the processors: then nobody can disturb it. */
  readonly isIndependentOfTime?: true
  /** `round`, from 0, is the same for cells that are compared: what is drawn of it is the same for them, too. */
  task(
    options: Options,
    extent: Extent,
    round: number,
  ): { readonly task: object; readonly timeoutSeconds: number }
  conclude(extent: Extent, told: unknown): AloneOutcome
}

export type HostSide = ExchangeSide | AloneSide

/** The rate per second of a count in a time in microseconds. */
export function perSecond(count: number, micros: number): number {
  return (1e6 * count) / micros
}
