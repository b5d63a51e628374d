/**
 * What a stack is made of: the strategy, the device, the protocol's parameters. Plain data, so that it crosses
 * to worker threads and into files unchanged.
 */
import type { DescriptorKind } from '../device/descriptor-kinds.ts'
import type { DeviceCapabilities } from '../device/device.ts'
import type { ImpairmentOption } from '../device/wrappers/impaired-path/impairment-option.ts'
import type { IdleOptions } from '../dominoes/replica/idle.ts'
import type { PayloadWorkKind } from '../payload/payload-work.ts'
import type { MachineConfig } from '../protocol/config.ts'
import type { CoalescingFactor, PlacementFactor, ReplicationFactors, VerificationFactor } from './factors.ts'

/** How a thread waits for the lock; `parking`, the default, spins a little and then sleeps. */
export type LockKind = 'spin' | 'ticket' | 'parking'

export type StrategyOption =
  /** One thread, no channel: the baseline. */
  | { readonly kind: 'sequential' }
  /** Every replica applies every request; each action is performed by one. 1 ≤ replicas ≤ 64. */
  | ({
      readonly kind: 'replicated'
      readonly replicas: number
      /** How many there may be at a time, if replicas are to be added while the stack runs; default `replicas`. */
      readonly maximumReplicas?: number
      /** A replica that stands still for so long, while others are ahead of it, is ended and excluded. Default 5000. */
      readonly stallLimitMillis?: number
    } & Partial<ReplicationFactors>)
  /** Message parallelism: one state behind a lock, every thread takes whatever comes. 1 ≤ workers ≤ 64. */
  | { readonly kind: 'locked'; readonly workers: number; readonly lock?: LockKind }
  /** Connection parallelism: each worker has the connections that hash to it. 1 ≤ workers ≤ 64. */
  | { readonly kind: 'sharded'; readonly workers: number }
  /** Layer parallelism: reading, protocol and performing on threads of their own. 1 ≤ workers ≤ 64. */
  | { readonly kind: 'pipelined'; readonly workers: number }

/** A device behind a descriptor that is open in this process; how to open one is in `stack/device`. */
export interface DeviceOption {
  /** A TAP, a packet socket, a packet ring, or the near end of an impaired path. */
  readonly kind: DescriptorKind
  readonly name: string
  readonly descriptor: number
  readonly capabilities: DeviceCapabilities
  /** Of a TAP with several queues: a descriptor for each, the first the same as `descriptor`. */
  readonly queueDescriptors?: readonly number[]
  /** What happens to frames between the stack and the device, both ways; nothing if absent. */
  readonly impairment?: ImpairmentOption
}

export interface PayloadWorkOption {
  readonly kind: PayloadWorkKind
  /** 32 hexadecimal digits; cipher only. A fixed, public key if absent: the cipher stands for work. */
  readonly cipherKey?: string
}

export interface StackParameters {
  readonly strategy: StrategyOption
  readonly device: DeviceOption
  readonly machine: MachineConfig
  readonly payloadWork: PayloadWorkOption
  /** Where received checksums are verified; default `claimed`. */
  readonly verification?: VerificationFactor
  /** Whether segments that were read together are acknowledged together; default `on`. */
  readonly coalescing?: CoalescingFactor
  readonly idle: IdleOptions
  /** Which processors the threads run on; if absent they are not pinned, and not reported. */
  readonly placement?: PlacementFactor
  /** Requests that the channel holds; a power of two. */
  readonly slotCount: number
  /** Requests between two state digests; a power of two from 2, or 0: none before the end. */
  readonly digestStride: number
  /** Directory for packet captures, one file for each thread; none if absent. */
  readonly captureDirectory?: string
  /** Bytes of each frame that a capture keeps; all if absent. */
  readonly captureSnapBytes?: number
  /** Bytes of a capture that a thread holds before it writes them; what a killed thread holds is lost. Default 1 MiB. */
  readonly captureBufferBytes?: number
  /** File to which the requests are recorded in their order; replicated and sequential strategies only. None if absent. */
  readonly recordPath?: string
  /** Where a divergence of replicas is described. */
  readonly dumpDirectory?: string
}
