/**
 * What a service and its clients share: the framework's structures, and, beside every record of a client's mailbox and
 * outbox, a buffer for what does not fit a record. Plain numbers: they cross to worker threads as they are.
 */
import {
  type FrameworkLayout,
  initialiseFramework,
  planFramework,
  type Region,
  RegionPlan,
  slotPayloadOffset,
} from '../../index.ts'
import { compressedLimit } from './compressor.ts'
import { commandBytesLimit, valueBytesLimit } from './messages.ts'

export interface ServiceOptions {
  readonly replicas: number
  readonly clients: number
  /** Keys the store can hold; a power of two. */
  readonly entryCount: number
  /** Requests a client may have outstanding; a power of two. */
  readonly window: number
  /** Requests between two digests of the state; a power of two. Default 1024: a digest hashes the whole store. */
  readonly digestStride?: number
}

export interface ServiceLayout extends ServiceOptions {
  readonly framework: FrameworkLayout
  /** Byte offset of client 0's command buffers; the other clients' follow. */
  readonly commandsAt: number
  readonly repliesAt: number
}

/** What crosses to a worker thread. */
export interface Service {
  readonly buffer: SharedArrayBuffer
  readonly layout: ServiceLayout
}

const lineBytes = 128
const commandBufferBytes = roundUp(commandBytesLimit)
const replyBufferBytes = roundUp(compressedLimit(valueBytesLimit))

export function planService(options: ServiceOptions): { region: Region; layout: ServiceLayout } {
  const { replicas, clients, window, digestStride = 1024 } = options
  const plan = new RegionPlan()
  const perClient = Array.from({ length: clients }, () => window)
  const framework = planFramework(plan, {
    replicas,
    slotCount: 128,
    slotBytes: roundUp(slotPayloadOffset + commandBytesLimit),
    mailboxes: perClient,
    outboxCount: window,
    furtherOutboxes: perClient.slice(1),
    claimCount: 512,
    digestEntries: 1024,
    digestStride,
  })
  const layout: ServiceLayout = {
    ...options,
    framework,
    commandsAt: plan.reserve(clients * window * commandBufferBytes),
    repliesAt: plan.reserve(clients * window * replyBufferBytes),
  }
  return { region: plan.allocate(), layout }
}

/** Before any thread uses it. */
export function initialiseService(region: Region, layout: ServiceLayout, nowMicros: number): void {
  initialiseFramework(region, layout.framework, { time: nowMicros })
}

/** Byte offset of the buffer that belongs to a client's n-th command. */
export function commandBufferAt(layout: ServiceLayout, client: number, n: number): number {
  const { window } = layout
  return layout.commandsAt + (client * window + (n & (window - 1))) * commandBufferBytes
}

/** Byte offset of the buffer that belongs to a client's outbox record of this number. */
export function replyBufferAt(layout: ServiceLayout, client: number, number: number): number {
  const { window } = layout
  return layout.repliesAt + (client * window + (number & (window - 1))) * replyBufferBytes
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / lineBytes) * lineBytes
}
