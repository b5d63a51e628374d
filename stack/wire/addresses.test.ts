import { expect, test } from 'vitest'
import {
  formatHardwareAddress,
  formatIpv4Address,
  isMulticastAddress,
  maskOfPrefix,
  parseHardwareAddress,
  parseIpv4Address,
} from './addresses.ts'

test('IPv4 addresses are signed integers and come back as text', () => {
  expect(parseIpv4Address('10.0.0.1')).toBe(0x0a000001)
  expect(parseIpv4Address('192.168.0.1')).toBe(0xc0a80001 | 0)
  expect(parseIpv4Address('255.255.255.255')).toBe(-1)
  for (const text of ['0.0.0.0', '10.0.0.1', '192.168.255.254', '255.255.255.255']) {
    expect(formatIpv4Address(parseIpv4Address(text))).toBe(text)
  }
})

test.each(['', '10.0.0', '10.0.0.256', '10.0.0.01', '10.0.0.1.', ' 10.0.0.1', '10.0.0.-1', '0x0a.0.0.1'])(
  "'%s' is no IPv4 address, and the error shows it",
  (text) => {
    expect(() => parseIpv4Address(text)).toThrow(`'${text}'`)
  },
)

test('hardware addresses split into two and four bytes and come back as text', () => {
  expect(parseHardwareAddress('02:00:FE:00:00:01')).toEqual({ high: 0x0200, low: 0xfe000001 | 0 })
  for (const text of ['02:00:fe:00:00:01', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00']) {
    const { high, low } = parseHardwareAddress(text)
    expect(formatHardwareAddress(high, low)).toBe(text)
  }
  expect(() => parseHardwareAddress('02:00:fe:00:00')).toThrow("'02:00:fe:00:00'")
})

test('prefixes and multicast', () => {
  expect(maskOfPrefix(0)).toBe(0)
  expect(maskOfPrefix(24)).toBe(0xffffff00 | 0)
  expect(maskOfPrefix(32)).toBe(-1)
  expect(isMulticastAddress(parseIpv4Address('224.0.0.1'))).toBe(true)
  expect(isMulticastAddress(parseIpv4Address('239.255.255.255'))).toBe(true)
  expect(isMulticastAddress(parseIpv4Address('223.255.255.255'))).toBe(false)
  expect(isMulticastAddress(parseIpv4Address('240.0.0.1'))).toBe(false)
})
