/**
 * HalfSipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"), 32-bit words in, 32 bits out. With a key
 * that nobody outside knows, nobody outside can predict or steer what it gives: initial sequence numbers (RFC 6528),
 * ports (RFC 6056), SYN cookies (RFC 4987). Words are hashed as their little-endian bytes. Pure, allocates nothing.
 */

/** Two words, drawn when the stack starts; equal on every replica. */
export type HashKey = readonly [number, number]

/** Last words that keep the hashes of different purposes apart. */
export const HashPurpose = { initialSequence: 1, port: 2, cookie: 3, errorLimit: 4 } as const

/** The hash of four words; callers that have fewer pass zeros, and a different last word for each purpose. */
export function keyedHash(
  key: HashKey,
  first: number,
  second: number,
  third: number,
  fourth: number,
): number {
  v0 = key[0]
  v1 = key[1]
  v2 = 0x6c796765 ^ key[0]
  v3 = 0x74656462 ^ key[1]
  absorb(first)
  absorb(second)
  absorb(third)
  absorb(fourth)
  absorb(16 << 24)
  v2 ^= 0xff
  for (let round = 0; round < 4; round += 1) mix()
  return v1 ^ v3
}

/** HalfSipHash-1-3 of two words, for hash tables: a stranger cannot make collisions, and it costs ten nanoseconds. */
export function tableHash(key: HashKey, first: number, second: number): number {
  v0 = key[0]
  v1 = key[1]
  v2 = 0x6c796765 ^ key[0]
  v3 = 0x74656462 ^ key[1]
  v3 ^= first
  mix()
  v0 ^= first
  v3 ^= second
  mix()
  v0 ^= second
  v3 ^= 8 << 24
  mix()
  v0 ^= 8 << 24
  v2 ^= 0xff
  mix()
  mix()
  mix()
  return v1 ^ v3
}

// The state of one call; a hash never yields, so one for the thread is enough.
let v0 = 0
let v1 = 0
let v2 = 0
let v3 = 0

function absorb(word: number): void {
  v3 ^= word
  mix()
  mix()
  v0 ^= word
}

/** SipRound, halved. */
function mix(): void {
  v0 = (v0 + v1) | 0
  v1 = rotate(v1, 5) ^ v0
  v0 = rotate(v0, 16)
  v2 = (v2 + v3) | 0
  v3 = rotate(v3, 8) ^ v2
  v0 = (v0 + v3) | 0
  v3 = rotate(v3, 7) ^ v0
  v2 = (v2 + v1) | 0
  v1 = rotate(v1, 13) ^ v2
  v2 = rotate(v2, 16)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
