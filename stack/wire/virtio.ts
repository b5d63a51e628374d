/**
 * The virtio-net header that precedes every frame of a device with offloads (virtio 1.2 section 5.1.6, the
 * 12-byte form). Any thread. Little-endian, unlike all else here.
 *
 *   0 flags · 1 segmentation type · 2 header length · 4 segment size · 6 checksum start · 8 checksum offset · 10 buffers
 */

export const virtioHeaderBytes = 12

export const VirtioFlag = {
  /** Transmit: the device completes the checksum. Receive: the sender left it to us, and the path is trusted. */
  needsChecksum: 1,
  /** Receive: the checksum was verified. */
  dataValid: 2,
} as const

export const VirtioSegmentation = { none: 0, tcpIpv4: 1 } as const

/** Whether the device vouches for the transport checksum of the frame that follows. */
export function virtioTrustsChecksum(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at] as number) & (VirtioFlag.needsChecksum | VirtioFlag.dataValid)) !== 0
}

/** A header that asks the device for nothing. */
export function writeVirtioPlain(bytes: Uint8Array, at: number): void {
  bytes.fill(0, at, at + virtioHeaderBytes)
}

/**
 * A header that asks for the checksum and, with a `segmentBytes` above 0, for cutting the payload into segments
 * of that size (TSO). `headerLength`: Ethernet to transport header, in bytes; `checksumStart`: from the start of
 * the frame to the transport header; `checksumOffset`: from there to its checksum.
 */
export function writeVirtioOffload(
  bytes: Uint8Array,
  at: number,
  headerLength: number,
  segmentBytes: number,
  checksumStart: number,
  checksumOffset: number,
): void {
  bytes[at] = VirtioFlag.needsChecksum
  bytes[at + 1] = segmentBytes > 0 ? VirtioSegmentation.tcpIpv4 : VirtioSegmentation.none
  writeLittle16(bytes, at + 2, headerLength)
  writeLittle16(bytes, at + 4, segmentBytes)
  writeLittle16(bytes, at + 6, checksumStart)
  writeLittle16(bytes, at + 8, checksumOffset)
  writeLittle16(bytes, at + 10, 0)
}

function writeLittle16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >> 8
}
