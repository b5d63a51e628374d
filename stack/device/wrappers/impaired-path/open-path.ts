/**
 * Puts an impaired path before a device. The stack's threads then read and write the near end of a pair of descriptors,
 * as they would a TAP; a thread of the path moves frames between its far end and the real device. Any stack, device and
 * strategy: none of them knows.
 *
 *   stack's threads ── pair ── path's thread ── TAP, packet socket or packet ring
 */
import { Worker } from 'node:worker_threads'
import { openRegion } from '../../../dominoes/memory/region.ts'
import { untilRunning } from '../../../dominoes/memory/running-message.ts'
import type { DescriptorKind } from '../../descriptor-kinds.ts'
import { DeviceError } from '../../device.ts'
import { type DescriptorDeviceHandle, openEventFd } from '../../kernel/descriptor-device.ts'
import { closeFile, writeFile } from '../../kernel/system-calls.ts'
import { openFramePair } from '../../simulated/frame-pair.ts'
import { type ImpairmentOption, resolveImpairment } from './impairment-option.ts'
import { closePath, type PathCounters, planPath, readPathCounters } from './path-layout.ts'
import type { PathTask } from './path-thread.ts'

export interface OpenPath {
  /** What the stack reads and writes instead of the device. */
  readonly descriptor: number
  counters(): PathCounters
  /** Resolves when the thread moves frames, or has ended. */
  readonly running: Promise<void>
  /** Once, if the thread ends by an error. */
  onFailure(report: (error: Error) => void): void
  /** After the last thread that uses the descriptor has ended. */
  close(): Promise<void>
}

/** The device stays its owner's. Throws RangeError or DeviceError. */
export function openImpairedPath(
  device: Omit<DescriptorDeviceHandle, 'eventFd'> & { readonly kind: DescriptorKind },
  impairment: ImpairmentOption,
): OpenPath {
  const { kind, name, capabilities } = device
  const parameters = resolveImpairment(impairment)
  if (capabilities.virtioHeader) {
    throw new DeviceError(
      'an impaired path carries frames as they are on a wire: open the device without offload',
      name,
    )
  }
  const layout = planPath(capabilities.frameBytes)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  const pair = openFramePair(name)
  const eventFd = openEventFd(name)
  const task: PathTask = {
    buffer: region.buffer,
    layout,
    kind,
    wire: { ...device, eventFd },
    stackDescriptor: pair.far,
    parameters,
    seed: impairment.seed ?? 0,
  }
  const worker = new Worker(new URL('./path-thread.ts', import.meta.url), { workerData: task })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  return {
    descriptor: pair.near,
    running: untilRunning(worker),
    counters: () => readPathCounters(region.words, layout),
    onFailure: (report) => {
      worker.once('error', (error) => report(error instanceof Error ? error : new Error(String(error))))
    },
    close: async () => {
      closePath(region.words, layout)
      const one = new Uint8Array(new BigUint64Array([1n]).buffer)
      writeFile(eventFd, one, one.length)
      await ended
      pair.close()
      closeFile(eventFd)
    },
  }
}
