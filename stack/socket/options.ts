/**
 * What an application has to say to get a stack, and what it gets if it says no more.
 */

import type { IdleOptions } from '../dominoes/replica/idle.ts'
import type { MachineConfig } from '../protocol/config.ts'
import type { HashKey } from '../protocol/keyed-hash.ts'
import {
  type CoalescingFactor,
  type PlacementFactor,
  resolveCoalescing,
  resolveFactors,
  resolveVerification,
  type VerificationFactor,
} from '../strategy/factors.ts'
import type { DeviceOption, PayloadWorkOption, StackParameters, StrategyOption } from '../strategy/options.ts'
import { formatHardwareAddress, parseHardwareAddress, parseIpv4Address } from '../wire/addresses.ts'
import { ethernetHeaderBytes } from '../wire/ethernet.ts'

export interface StackOptions {
  readonly strategy: StrategyOption
  readonly device: DeviceOption
  /** In CIDR notation: `10.77.0.1/24`. */
  readonly address: string
  readonly gateway?: string
  /** Largest IP packet that is sent, in bytes. Default: what fits a frame, at most 1500. */
  readonly mtuBytes?: number
  /**
   * Most payload that leaves as one super-frame, in bytes, 0 … 65,455: the device cuts it into segments (TSO), or, where
   * it cannot, the thread that sends it. 0: every segment is sent by itself. Default: 65,160, which are 45 segments at an
   * MTU of 1500, with a device that cuts; else 0.
   */
  readonly superFrameBytes?: number
  /** Default: a locally administered address made from the IPv4 address. */
  readonly etherAddress?: string
  /** Default: checksum. */
  readonly payloadWork?: PayloadWorkOption
  /** Where received checksums are verified. Default: claimed, by whichever replica is first. */
  readonly verification?: VerificationFactor
  /**
   * Whether segments that were read together are merged and acknowledged together, as by a host whose interface merges them
   * (GRO). Default: on.
   */
  readonly coalescing?: CoalescingFactor
  /** Default: backoff with 8 spins and 100 yields, since threads often outnumber cores. */
  readonly idle?: IdleOptions
  /** Which of the process's processors the stack's threads are pinned to. Default: none. */
  readonly placement?: PlacementFactor
  readonly congestionControl?: MachineConfig['congestionControl']
  /** Connections at once, 1 … 65535. Default 1024. */
  readonly connectionCount?: number
  /** UDP sockets at once, 0 … 65535; each takes 512 KiB of addresses. Default 16. */
  readonly datagramSocketCount?: number
  /**
   * Bytes of each connection's rings; powers of two from 4096. Default 128 KiB each: for many connections. A
   * bulk transfer over a long path wants more, and fewer connections. Memory of a ring that was never used is
   * not committed.
   */
  readonly sendBufferBytes?: number
  readonly receiveBufferBytes?: number
  readonly timeWaitMillis?: number
  readonly reorderingFloorMicros?: number
  /** Requests that the channel holds; a power of two, 8 … 65536. Default 1024. */
  readonly slotCount?: number
  /** Requests between two state digests; a power of two from 2, or 0: none before the end. Default 32. */
  readonly digestStride?: number
  /** Directory for packet captures, one file for each thread. */
  readonly captureDirectory?: string
  /** Bytes of each frame that a capture keeps, 64 … 65549. Default all; 128 hold the headers of TCP. */
  readonly captureSnapBytes?: number
  /**
   * Bytes of a capture that a thread holds before it writes them, at least one frame. What a thread holds that is killed is
   * lost. Default 1 MiB.
   */
  readonly captureBufferBytes?: number
  /** File to which every request is recorded, to be replayed later; strategies `replicated` and `sequential` only. Overwritten. */
  readonly recordPath?: string
  /**
   * Directory for the description of a divergence, should replicas ever differ. Default: the system's for
   * such files.
   */
  readonly dumpDirectory?: string
  /**
   * How long an upcall may wait so that several are handled at once, in milliseconds. A bulk transfer then
   * wakes the application less often. Default 0.
   */
  readonly coalesceMillis?: number
}

const defaultConnectionCount = 1024
const defaultBufferBytes = 2 ** 17
const defaultSocketCount = 16
const leastBufferBytes = 4096
/** A digest costs about as much as applying a short request. */
const defaultDigestStride = 32

/** Throws RangeError for an address or a size that is out of range, or factors that do not combine. */
export function resolveOptions(options: StackOptions): StackParameters {
  checkStrategy(options)
  const { connectionCount, sendBufferBytes, receiveBufferBytes } = resolveBuffers(options)
  const { address, prefixLength } = parseNetwork(options.address)
  const ether = parseHardwareAddress(options.etherAddress ?? formatHardwareAddress(0x0200, address))
  return {
    strategy: options.strategy,
    device: options.device,
    payloadWork: options.payloadWork ?? { kind: 'checksum' },
    verification: resolveVerification(options.verification),
    coalescing: resolveCoalescing(options.coalescing),
    idle: options.idle ?? { kind: 'backoff', spins: 8, yields: 100 },
    ...(options.placement === undefined ? {} : { placement: options.placement }),
    slotCount: options.slotCount ?? 1024,
    digestStride: options.digestStride ?? defaultDigestStride,
    ...(options.captureDirectory === undefined ? {} : { captureDirectory: options.captureDirectory }),
    ...(options.captureSnapBytes === undefined
      ? {}
      : { captureSnapBytes: snapBytesOf(options.captureSnapBytes) }),
    ...(options.captureBufferBytes === undefined
      ? {}
      : { captureBufferBytes: bufferBytesOf(options.captureBufferBytes) }),
    ...(options.recordPath === undefined ? {} : { recordPath: options.recordPath }),
    ...(options.dumpDirectory === undefined ? {} : { dumpDirectory: options.dumpDirectory }),
    machine: {
      address,
      prefixLength,
      gateway: options.gateway === undefined ? 0 : parseIpv4Address(options.gateway),
      etherHigh: ether.high,
      etherLow: ether.low,
      mtuBytes:
        options.mtuBytes ?? Math.min(1500, options.device.capabilities.frameBytes - ethernetHeaderBytes),
      superFrameBytes: superFrameBytesOf(options),
      connectionCount,
      timeWaitCount: 1024,
      listenerCount: 16,
      datagramSocketCount: socketCount(options),
      segmentCount: segmentCountFor(sendBufferBytes),
      sendBufferBytes,
      receiveBufferBytes,
      congestionControl: options.congestionControl ?? 'cubic',
      minimumRtoMicros: 200_000,
      delayedAckMicros: 40_000,
      reorderingFloorMicros: options.reorderingFloorMicros ?? 5000,
      timeWaitMicros: (options.timeWaitMillis ?? 60_000) * 1000,
      secret: drawSecret(),
    },
  }
}

const mostSuperFrameBytes = 65_455
const usualSuperFrameBytes = 45 * 1448

function superFrameBytesOf({ superFrameBytes, device, strategy }: StackOptions): number {
  const { segmentationOffload = false } = device.capabilities
  const bytes = superFrameBytes ?? (segmentationOffload ? usualSuperFrameBytes : 0)
  if (!Number.isInteger(bytes) || bytes < 0 || bytes > mostSuperFrameBytes) {
    throw new RangeError(`superFrameBytes must be 0 to ${mostSuperFrameBytes}, not ${superFrameBytes}`)
  }
  if (
    bytes > 0 &&
    !segmentationOffload &&
    strategy.kind === 'replicated' &&
    strategy.emission === 'ordered'
  ) {
    throw new RangeError(
      "emission 'ordered' has one frame for an action: superFrameBytes needs a device that cuts",
    )
  }
  return bytes
}

function socketCount({ datagramSocketCount = defaultSocketCount }: StackOptions): number {
  if (Number.isInteger(datagramSocketCount) && datagramSocketCount >= 0 && datagramSocketCount <= 0xffff) {
    return datagramSocketCount
  }
  throw new RangeError(`datagramSocketCount must be 0 to 65535, not ${datagramSocketCount}`)
}

function resolveBuffers(
  options: StackOptions,
): Pick<MachineConfig, 'connectionCount' | 'sendBufferBytes' | 'receiveBufferBytes'> {
  const {
    connectionCount = defaultConnectionCount,
    sendBufferBytes = defaultBufferBytes,
    receiveBufferBytes = defaultBufferBytes,
  } = options
  if (!Number.isInteger(connectionCount) || connectionCount < 1 || connectionCount > 0xffff) {
    throw new RangeError(`connectionCount must be 1 to 65535, not ${connectionCount}`)
  }
  for (const [name, bytes] of Object.entries({ sendBufferBytes, receiveBufferBytes })) {
    if (isPowerOfTwo(bytes) && bytes >= leastBufferBytes) continue
    throw new RangeError(`${name} must be a power of two from ${leastBufferBytes} to 2^30, not ${bytes}`)
  }
  return { connectionCount, sendBufferBytes, receiveBufferBytes }
}

/**
 * Entries of a connection's scoreboard: enough for a full send buffer in segments of 512 bytes, a third of
 * the usual size. So small writes fill the buffer before they fill the scoreboard. Bounded, since every state
 * holds all entries.
 */
function segmentCountFor(sendBufferBytes: number): number {
  return Math.min(4096, Math.max(256, sendBufferBytes / 512))
}

function drawSecret(): HashKey {
  const [first, second] = crypto.getRandomValues(new Int32Array(2))
  return [first as number, second as number]
}

const mostCaptureBufferBytes = 2 ** 28

function bufferBytesOf(bytes: number): number {
  if (Number.isInteger(bytes) && bytes >= 0 && bytes <= mostCaptureBufferBytes) return bytes
  throw new RangeError(`captureBufferBytes must be 0 to ${mostCaptureBufferBytes}, not ${bytes}`)
}

function snapBytesOf(bytes: number): number {
  if (Number.isInteger(bytes) && bytes >= 64 && bytes <= 65_549) return bytes
  throw new RangeError(`captureSnapBytes must be 64 to 65549, not ${bytes}`)
}

function checkStrategy(options: StackOptions): void {
  const { strategy, device, slotCount = 1024, digestStride = defaultDigestStride, recordPath } = options
  if (!isPowerOfTwo(slotCount) || slotCount < 8 || slotCount > 65_536) {
    throw new RangeError(`slotCount must be a power of two from 8 to 65536, not ${slotCount}`)
  }
  if (digestStride !== 0 && (!isPowerOfTwo(digestStride) || digestStride < 2)) {
    throw new RangeError(`digestStride must be 0 or a power of two from 2, not ${digestStride}`)
  }
  if (recordPath !== undefined && strategy.kind !== 'replicated' && strategy.kind !== 'sequential') {
    throw new RangeError(
      `recordPath needs the strategy 'replicated' or 'sequential': '${strategy.kind}' is not recorded`,
    )
  }
  if (strategy.kind === 'replicated') resolveFactors(strategy, reachable(device))
}

/** An impaired path is one wire, however many queues the device behind it has. */
function reachable(device: DeviceOption): Pick<DeviceOption, 'queueDescriptors'> {
  return device.impairment === undefined ? device : {}
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 2 ** 30 && (value & (value - 1)) === 0
}

function parseNetwork(text: string): { address: number; prefixLength: number } {
  const [address = '', length = ''] = text.split('/')
  const prefixLength = Number(length)
  if (!/^\d+$/.test(length) || prefixLength > 32) {
    throw new RangeError(`address '${text}' must be an IPv4 address with a prefix length, as in 10.77.0.1/24`)
  }
  return { address: parseIpv4Address(address), prefixLength }
}
