/** What each of the probes' two threads is given, and what a probe is. */
import type { FrameworkLayout } from '../dominoes/replica/framework-layout.ts'

export interface ProbeTask {
  readonly buffer: SharedArrayBuffer
  /** 0 or 1. */
  readonly id: number
  readonly layout: FrameworkLayout
  /**
   * Word offset of 4 KiB of shared words. The first is the counter that keeps the threads in step; single probes use
   * words further on, in other cache lines.
   */
  readonly turnWord: number
  /** Byte offset of memory to work on, a mebibyte for each thread. */
  readonly workAt: number
  readonly eventFd: number
}

export type Probe = () => Record<string, number>
