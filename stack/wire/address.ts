/**
 * IP addresses as four 32-bit words in host order, wherever they lie: in a slot's head, in the state, in an action. An IPv4
 * address is mapped (RFC 4291 section 2.5.5.2: ::ffff:a.b.c.d), so that one format serves both versions, and a socket that
 * takes either has one kind of peer. An address is named by the array and the word offset of its first word.
 *
 * Called on the path of every frame: nothing is allocated. The last word is compared first, since it differs most.
 */

export const addressWords = 4

/** The third word of an IPv4 address; the first two are 0. */
const mappedWord = 0xffff

/** An address in configuration, where nothing is counted by frame. */
export type IpAddress = readonly [number, number, number, number]

/** `address`: 32 bits, 10.0.0.1 is 0x0a000001 | 0. */
export function mapIpv4(address: number): IpAddress {
  return [0, 0, mappedWord, address | 0]
}

/** ::, which stands for "none". */
export const unspecifiedAddress: IpAddress = [0, 0, 0, 0]

export function writeIpv4Mapped(words: Int32Array, at: number, address: number): void {
  words[at] = 0
  words[at + 1] = 0
  words[at + 2] = mappedWord
  words[at + 3] = address
}

export function isIpv4Mapped(words: Int32Array, at: number): boolean {
  return words[at + 2] === mappedWord && words[at + 1] === 0 && words[at] === 0
}

/** The 32 bits of a mapped address. */
export function ipv4At(words: Int32Array, at: number): number {
  return words[at + 3] as number
}

export function isSameAddress(words: Int32Array, at: number, others: Int32Array, otherAt: number): boolean {
  return (
    words[at + 3] === others[otherAt + 3] &&
    words[at + 2] === others[otherAt + 2] &&
    words[at + 1] === others[otherAt + 1] &&
    words[at] === others[otherAt]
  )
}

export function copyAddress(from: Int32Array, fromAt: number, to: Int32Array, toAt: number): void {
  to[toAt] = from[fromAt] as number
  to[toAt + 1] = from[fromAt + 1] as number
  to[toAt + 2] = from[fromAt + 2] as number
  to[toAt + 3] = from[fromAt + 3] as number
}

export function writeAddress(words: Int32Array, at: number, address: IpAddress): void {
  words[at] = address[0]
  words[at + 1] = address[1]
  words[at + 2] = address[2]
  words[at + 3] = address[3]
}

/** For messages and the application. */
export function readAddress(words: Int32Array, at: number): IpAddress {
  return [words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number]
}
