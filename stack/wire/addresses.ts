/**
 * Addresses as text and as integers. An IPv4 address is one signed 32-bit integer (10.0.0.1 is
 * 0x0a000001 | 0); a hardware address is two: its first two bytes, 0 … 0xffff, and its last four, signed.
 * For configuration and messages, not for the path of a frame.
 */

import type { IpAddress } from './address.ts'

export interface HardwareAddress {
  readonly high: number
  readonly low: number
}

/** Throws a RangeError that shows the text unless it is four decimal bytes without leading zeros. */
export function parseIpv4Address(text: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) throw new RangeError(`not an IPv4 address: '${text}'`)
  let address = 0
  for (const part of match.slice(1)) {
    const value = Number(part)
    // A leading zero means octal to some parsers: refuse what others may read differently.
    if (value > 255 || String(value) !== part) throw new RangeError(`not an IPv4 address: '${text}'`)
    address = (address << 8) | value
  }
  return address
}

export function formatIpv4Address(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`
}

/** `10.0.0.1`, or `::ffff:…` in full for what is not IPv4. */
export function formatAddress(address: IpAddress): string {
  const [first, second, third, fourth] = address
  if (first === 0 && second === 0 && third === 0xffff) return formatIpv4Address(fourth)
  return address
    .map((word) =>
      (word >>> 0)
        .toString(16)
        .padStart(8, '0')
        .replace(/(....)(....)/, '$1:$2'),
    )
    .join(':')
}

/** `02:00:0a:00:00:01`; throws a RangeError that shows the text otherwise. */
export function parseHardwareAddress(text: string): HardwareAddress {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) {
    throw new RangeError(`not a hardware address: '${text}'`)
  }
  const digits = text.replaceAll(':', '')
  return { high: Number.parseInt(digits.slice(0, 4), 16), low: Number.parseInt(digits.slice(4), 16) | 0 }
}

export function formatHardwareAddress(high: number, low: number): string {
  const digits = (high & 0xffff).toString(16).padStart(4, '0') + (low >>> 0).toString(16).padStart(8, '0')
  return digits.replace(/(..)(?!$)/g, '$1:')
}

/** The mask of a prefix length, 0 … 32. */
export function maskOfPrefix(prefixLength: number): number {
  return prefixLength === 0 ? 0 : -1 << (32 - prefixLength)
}

export const broadcastAddress = -1

/** 224.0.0.0/4 (RFC 1112). */
export function isMulticastAddress(address: number): boolean {
  return address >>> 28 === 0xe
}
