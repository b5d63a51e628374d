/**
 * Where everything of one stack lies in its region. Planned once by the thread that starts the stack; plain numbers,
 * so that worker threads receive it as it is.
 *
 *   framework: channel, claims, outbox, mailbox, counters, digests
 *   states:    one protocol state a replica, then the witness's if there is one
 *   transmit:  one frame buffer a thread
 *   datagrams: packets that are put together from fragments
 *   streams:   a send and a receive ring a connection
 *   sockets:   a send and a receive ring a UDP socket
 */

import { sentFrameBytesOf } from '../../device/device.ts'
import { type Region, RegionPlan } from '../../dominoes/memory/region.ts'
import { type FrameworkLayout, planFramework } from '../../dominoes/replica/framework-layout.ts'
import { datagramBufferBytes } from '../../protocol/state/datagrams.ts'
import { stateWords } from '../../protocol/state/layout.ts'
import { canLoseReplicas, replicationFactors } from '../factors.ts'
import type { StackParameters } from '../options.ts'
import { type PacketStoreLayout, planPacketStore } from '../parts/reassembly/packet-store.ts'
import { transmitBufferBytes } from '../perform/transmit-buffer.ts'
import { slotBytesFor } from './slot-layout.ts'
import { reserveStreamBuffers, type StreamBuffers } from './stream-buffers.ts'
import { planThreadCounters } from './thread-counters.ts'
import { workerLimit } from './worker-count.ts'

/** Records of the application's mailbox, and of the outbox. */
const mailboxCount = 256
const outboxCount = 8192
/** Entries of the board on which actions are claimed. */
const claimCount = 8192
/** Digests that a replica may be ahead of the auditor. */
const digestEntries = 8192

/** Actions that one apply may emit before they are performed: bounds how long a large window occupies a replica. */
export const actionCapacity = 64

/**
 * Byte offsets are signed 32-bit integers, like all numbers on the path of a frame: V8 would allocate larger
 * ones.
 */
const regionLimitBytes = 2 ** 31

export interface StackLayout {
  readonly framework: FrameworkLayout
  readonly strategy: StackParameters['strategy']['kind']
  /** Threads that apply or perform, whatever they do. */
  readonly replicas: number
  /** All threads: those, and then any that only reads. */
  readonly threads: number
  /** Word offset and words of replica 0's state; the others follow. */
  readonly stateWord: number
  readonly stateWords: number
  /** One replica alone is compared with a witness (see `dominoes/audit/witness.ts`). */
  readonly isWitnessed: boolean
  /** Byte offset and bytes of thread 0's transmit buffer; the others follow. */
  readonly transmitAt: number
  readonly transmitBytes: number
  readonly packetStore: PacketStoreLayout
  readonly streams: StreamBuffers
  /** Of UDP sockets. */
  readonly datagramBuffers: StreamBuffers
  /** Word offset of thread 0's counters. */
  readonly countersWord: number
  readonly sizeBytes: number
}

/** How many of everything a strategy has. */
export interface StackShape {
  readonly threads: number
  /** Threads besides that only read, and have neither state nor place in the channel. Default 0. */
  readonly readers?: number
  /** Protocol states; default one a thread. */
  readonly states?: number
  /** Connections of all states together; default those of one machine. */
  readonly connections?: number
  /** Requests that can be held at once; default as the parameters say. */
  readonly slotCount?: number
}

/** `reserve` plans what a strategy has of its own; its answer becomes part of the layout. */
export function planStack<Own extends object = object>(
  parameters: StackParameters,
  shape: StackShape = shapeOf(parameters),
  reserve: (plan: RegionPlan) => Own = () => ({}) as Own,
): StackLayout & Own {
  const { machine, device, strategy } = parameters
  const plan = new RegionPlan()
  const replicas = shape.threads
  const threads = replicas + (shape.readers ?? 0)
  const isMutable = strategy.kind === 'replicated' && canLoseReplicas(replicationFactors(strategy))
  const framework = planFramework(plan, {
    replicas,
    observers: parameters.recordPath === undefined ? 0 : 1,
    slotCount: shape.slotCount ?? parameters.slotCount,
    slotBytes: slotBytesFor(device.capabilities.frameBytes),
    outboxCount,
    mailboxes: [mailboxCount],
    claimCount,
    digestEntries,
    digestStride: parameters.digestStride,
    actionCapacity: isMutable ? actionCapacity : 0,
  })
  const words = Math.ceil(stateWords(machine) / 32) * 32
  const isWitnessed = strategy.kind === 'replicated' && strategy.replicas === 1
  const transmitBytes = Math.ceil(transmitBufferBytes(sentFrameBytesOf(device.capabilities)) / 128) * 128
  const layout = {
    framework,
    strategy: strategy.kind,
    replicas,
    threads,
    stateWord: plan.reserve(words * 4 * ((shape.states ?? replicas) + (isWitnessed ? 1 : 0))) / 4,
    stateWords: words,
    isWitnessed,
    transmitAt: plan.reserve(transmitBytes * replicas),
    transmitBytes,
    packetStore: planPacketStore(plan),
    countersWord: planThreadCounters(plan, threads),
    streams: reserveStreamBuffers(
      plan,
      shape.connections ?? machine.connectionCount,
      machine.sendBufferBytes,
      machine.receiveBufferBytes,
    ),
    datagramBuffers: reserveStreamBuffers(
      plan,
      machine.datagramSocketCount,
      datagramBufferBytes(machine),
      datagramBufferBytes(machine),
    ),
    ...reserve(plan),
  }
  const { sizeBytes } = plan
  if (sizeBytes >= regionLimitBytes) throw tooLarge(sizeBytes, machine)
  return { ...layout, sizeBytes }
}

function tooLarge(sizeBytes: number, machine: StackParameters['machine']): RangeError {
  const { connectionCount, sendBufferBytes, receiveBufferBytes } = machine
  const gibibytes = (sizeBytes / 2 ** 30).toFixed(1)
  return new RangeError(
    `${connectionCount} connections with buffers of ${sendBufferBytes} and ${receiveBufferBytes} bytes take ` +
      `${gibibytes} GiB, and there is room for less than 2: ` +
      'lower connectionCount, sendBufferBytes or receiveBufferBytes',
  )
}

/** How many replicas there may be at a time. Throws RangeError if there cannot be so many. */
export function maximumReplicas(strategy: {
  readonly replicas: number
  readonly maximumReplicas?: number
}): number {
  const maximum = strategy.maximumReplicas ?? strategy.replicas
  if (!Number.isInteger(maximum) || maximum < strategy.replicas || maximum > workerLimit) {
    throw new RangeError(`maximumReplicas must be ${strategy.replicas} to ${workerLimit}, not ${maximum}`)
  }
  return maximum
}

function shapeOf({ strategy }: StackParameters): StackShape {
  return { threads: strategy.kind === 'replicated' ? maximumReplicas(strategy) : 1 }
}

/** The words of a replica's state; those of the witness as of the replica after the last. */
export function stateOf(region: Region, layout: StackLayout, replica: number): Int32Array {
  const at = layout.stateWord + replica * layout.stateWords
  return region.words.subarray(at, at + layout.stateWords)
}
