/** ARP for IPv4 over Ethernet (RFC 826). Any thread. */
import { writeIpv4Mapped } from './address.ts'
import { readInt32, readUint16, writeInt32, writeUint16 } from './big-endian.ts'
import { EtherType } from './ethernet.ts'
import { Format, HeaderWord, Verdict } from './header.ts'

export const arpBytes = 28

export const ArpOperation = { request: 1, reply: 2 } as const

const ArpOffset = {
  hardwareType: 0,
  protocolType: 2,
  hardwareLength: 4,
  protocolLength: 5,
  operation: 6,
  senderHardware: 8,
  senderProtocol: 14,
  targetHardware: 18,
  targetProtocol: 24,
} as const

const hardwareEthernet = 1

/**
 * Decodes the packet at `at`, of which `length` bytes are there. The head's source hardware address becomes
 * the one inside the packet: that is the binding RFC 826 merges into the table.
 */
export function decodeArp(
  bytes: Uint8Array,
  at: number,
  length: number,
  words: Int32Array,
  headAt: number,
): number {
  if (length < arpBytes) return Verdict.malformed
  if (
    readUint16(bytes, at + ArpOffset.hardwareType) !== hardwareEthernet ||
    readUint16(bytes, at + ArpOffset.protocolType) !== EtherType.ipv4
  ) {
    return Verdict.notForUs
  }
  if (bytes[at + ArpOffset.hardwareLength] !== 6 || bytes[at + ArpOffset.protocolLength] !== 4) {
    return Verdict.malformed
  }
  const operation = readUint16(bytes, at + ArpOffset.operation)
  if (operation !== ArpOperation.request && operation !== ArpOperation.reply) return Verdict.notForUs
  if (((bytes[at + ArpOffset.senderHardware] as number) & 1) !== 0) return Verdict.malformed

  words[headAt + HeaderWord.format] = Format.arp
  words[headAt + HeaderWord.etherSourceHigh] = readUint16(bytes, at + ArpOffset.senderHardware)
  words[headAt + HeaderWord.etherSourceLow] = readInt32(bytes, at + ArpOffset.senderHardware + 2)
  writeIpv4Mapped(words, headAt + HeaderWord.ipSource, readInt32(bytes, at + ArpOffset.senderProtocol))
  writeIpv4Mapped(words, headAt + HeaderWord.ipDestination, readInt32(bytes, at + ArpOffset.targetProtocol))
  words[headAt + HeaderWord.arpOperation] = operation
  return Verdict.accepted
}

/** Writes `arpBytes` at `at`. Hardware addresses: first two bytes, last four. */
export function writeArp(
  bytes: Uint8Array,
  at: number,
  operation: number,
  senderHigh: number,
  senderLow: number,
  senderAddress: number,
  targetHigh: number,
  targetLow: number,
  targetAddress: number,
): void {
  writeUint16(bytes, at + ArpOffset.hardwareType, hardwareEthernet)
  writeUint16(bytes, at + ArpOffset.protocolType, EtherType.ipv4)
  bytes[at + ArpOffset.hardwareLength] = 6
  bytes[at + ArpOffset.protocolLength] = 4
  writeUint16(bytes, at + ArpOffset.operation, operation)
  writeUint16(bytes, at + ArpOffset.senderHardware, senderHigh)
  writeInt32(bytes, at + ArpOffset.senderHardware + 2, senderLow)
  writeInt32(bytes, at + ArpOffset.senderProtocol, senderAddress)
  writeUint16(bytes, at + ArpOffset.targetHardware, targetHigh)
  writeInt32(bytes, at + ArpOffset.targetHardware + 2, targetLow)
  writeInt32(bytes, at + ArpOffset.targetProtocol, targetAddress)
}
