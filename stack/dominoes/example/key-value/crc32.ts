/** CRC-32 (IEEE 802.3, reflected, as in zlib), over bytes in shared or private memory. Pure; any thread. */

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** Signed 32-bit CRC of `bytes[from … to)`. */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  let crc = -1
  for (let at = from; at < to; at++) {
    crc = (table[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8)
  }
  return ~crc
}
