/**
 * What a worker thread of a stack is given, and how it becomes a running part of it.
 */
import type { PcapOrigin } from '../../device/wrappers/pcap-recorder.ts'
import type { StackLayout } from '../layout/stack-layout.ts'
import type { StackParameters } from '../options.ts'

export interface ThreadTask {
  readonly buffer: SharedArrayBuffer
  readonly layout: StackLayout
  readonly parameters: StackParameters
  /** 0 … replicas - 1. */
  readonly thread: number
  /** Descriptor with which any thread ends a wait in the device. */
  readonly wakeDescriptor: number
  /** Seed of this thread's random bits. */
  readonly seed: number
  /** What the clock showed when the stack started, so that captures of all threads compare. */
  readonly captureOrigin: PcapOrigin
  /**
   * 0, the default, if it is there from the beginning; otherwise a newcomer, which waits until a replica lets
   * it in.
   */
  readonly generation?: number
}
