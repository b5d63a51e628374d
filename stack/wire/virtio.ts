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

/** Whether the device is to complete the transport checksum of the frame that follows. */
export function virtioNeedsChecksum(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at] as number) & VirtioFlag.needsChecksum) !== 0
}

/** Payload of the segments into which the frame that follows is to be cut, or from which it was merged; 0: it is one. */
export function virtioSegmentBytes(bytes: Uint8Array, at: number): number {
  return bytes[at + 1] === VirtioSegmentation.none ? 0 : readLittle16(bytes, at + 4)
}

/** Bytes from the start of the frame that follows to the end of its transport header. */
export function virtioHeaderLength(bytes: Uint8Array, at: number): number {
  return readLittle16(bytes, at + 2)
}

/** Bytes from the start of the frame that follows to its transport header. */
export function virtioChecksumStart(bytes: Uint8Array, at: number): number {
  return readLittle16(bytes, at + 6)
}

/** Bytes from there to the checksum. */
export function virtioChecksumOffset(bytes: Uint8Array, at: number): number {
  return readLittle16(bytes, at + 8)
}

/** A header of a device that verified the transport checksum of the frame that follows. */
export function writeVirtioValid(bytes: Uint8Array, at: number): void {
  writeVirtioPlain(bytes, at)
  bytes[at] = VirtioFlag.dataValid
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

function readLittle16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
}
