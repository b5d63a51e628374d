/**
 * A ring of a packet socket, made and mapped into this process. A socket's ring may be mapped any number of times, by every
 * thread and process that has its descriptor: all see the same memory. A mapping is its thread's own.
 *
 * Invariant: after `unmap` nobody touches `views`; the memory behind them is gone.
 */
import { PacketOption, setPacketOption } from '../packet-options.ts'
import { bufferAt, lastErrno, MapFlag, mapFile, Protection, systemError, unmapFile } from '../system-calls.ts'
import { type MemoryViews, viewMemory } from './memory-copy.ts'
import type { RingLayout } from './ring-layout.ts'

const version2 = 1

export interface MappedRing {
  readonly views: MemoryViews
  unmap(): void
}

/** The version has to be chosen before anything else about rings. Throws DeviceError. */
export function chooseRingVersion(fd: number, name: string): void {
  setPacketOption(fd, name, PacketOption.version, version2)
}

/** Makes the kernel allocate a ring for the socket. Throws DeviceError. */
export function makeRing(fd: number, name: string, option: number, layout: RingLayout): void {
  const { blockBytes, sizeBytes, slotBytes, slotCount } = layout
  setPacketOption(fd, name, option, blockBytes, sizeBytes / blockBytes, slotBytes, slotCount)
}

/** Throws DeviceError. */
export function mapRing(fd: number, name: string, { sizeBytes }: RingLayout): MappedRing {
  const protection = Protection.read | Protection.write
  const address = mapFile(null, sizeBytes, protection, MapFlag.shared | MapFlag.populate, fd, 0)
  if (address < 0) throw systemError('map a ring', name, lastErrno())
  return {
    views: viewMemory(bufferAt(address, sizeBytes)),
    unmap: () => {
      unmapFile(address, sizeBytes)
    },
  }
}
