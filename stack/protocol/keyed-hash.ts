/**
 * HalfSipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"), 32-bit words in, 32 bits out. Nobody who
 * lacks the key can predict or choose its values: initial sequence numbers (RFC 6528), ports (RFC 6056), SYN cookies
 * (RFC 4987). Words are hashed as their little-endian bytes. Pure, allocates nothing.
 */
import { addressWords, isIpv4Mapped } from '../wire/address.ts'

/** Two words, drawn when the stack starts; equal on every replica. */
export type HashKey = readonly [number, number]

/** The last word of a hash's input, different for each purpose, so that the purposes get different hashes. */
export const HashPurpose = { initialSequence: 1, port: 2, cookie: 3, errorLimit: 4 } as const

/**
 * The hash of an address and three words; callers that have fewer pass zeros, and a different last word for each
 * purpose.
 */
export function keyedHash(
  key: HashKey,
  words: Int32Array,
  addressAt: number,
  second: number,
  third: number,
  fourth: number,
): number {
  begin(key)
  const isIpv4 = isIpv4Mapped(words, addressAt)
  if (!isIpv4) for (let k = 0; k < addressWords - 1; k += 1) absorb(words[addressAt + k] as number)
  absorb(words[addressAt + addressWords - 1] as number)
  absorb(second)
  absorb(third)
  absorb(fourth)
  // The length in bytes keeps addresses of one word and of four apart.
  absorb((isIpv4 ? 16 : 28) << 24)
  v2 ^= 0xff
  for (let round = 0; round < 4; round += 1) mix()
  return v1 ^ v3
}

/**
 * HalfSipHash-1-3 of an address and a word, for hash tables: a stranger cannot make collisions, and for an IPv4
 * address it costs ten nanoseconds.
 */
export function tableHash(key: HashKey, words: Int32Array, addressAt: number, second: number): number {
  begin(key)
  const isIpv4 = isIpv4Mapped(words, addressAt)
  if (!isIpv4) for (let k = 0; k < addressWords - 1; k += 1) absorbQuickly(words[addressAt + k] as number)
  absorbQuickly(words[addressAt + addressWords - 1] as number)
  absorbQuickly(second)
  absorbQuickly((isIpv4 ? 8 : 20) << 24)
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

function begin(key: HashKey): void {
  v0 = key[0]
  v1 = key[1]
  v2 = 0x6c796765 ^ key[0]
  v3 = 0x74656462 ^ key[1]
}

function absorbQuickly(word: number): void {
  v3 ^= word
  mix()
  v0 ^= word
}

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
