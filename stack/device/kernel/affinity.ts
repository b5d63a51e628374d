/**
 * The processors that a thread may run on, by the kernel's numbers. A new thread inherits those of the thread that starts
 * it. Linux only.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { lastErrno, schedGetAffinity, schedSetAffinity, systemError } from './system-calls.ts'

/** A bit for each processor: as many as Linux is built for. */
const maskBytes = 1024
const callingThread = 0

/** Those of the calling thread, in increasing order. Throws DeviceError. */
export function allowedProcessors(): number[] {
  const mask = new Uint8Array(maskBytes)
  if (schedGetAffinity(callingThread, maskBytes, mask) < 0) {
    throw systemError('read the processors of this thread', 'processors', lastErrno())
  }
  return Array.from({ length: 8 * maskBytes }, (_, processor) => processor).filter(
    (processor) => ((mask[processor >> 3] as number) & (1 << (processor & 7))) !== 0,
  )
}

/** Lets the calling thread run on this processor only. Throws DeviceError if it may not. */
export function pinTo(processor: number): void {
  const mask = new Uint8Array(maskBytes)
  mask[processor >> 3] = 1 << (processor & 7)
  if (schedSetAffinity(callingThread, maskBytes, mask) < 0) {
    throw systemError(`pin a thread to processor ${processor}`, 'processors', lastErrno())
  }
}

/** The kernel's number of the calling thread. */
export function threadId(): number {
  return Number(basename(readlinkSync('/proc/thread-self')))
}

/** As the kernel lists the processors of a thread of this process: `0-3,8`. Undefined once the thread has ended. */
export function listedProcessors(thread: number): string | undefined {
  try {
    const status = readFileSync(`/proc/self/task/${thread}/status`, 'utf8')
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1]
  } catch {
    return undefined
  }
}
