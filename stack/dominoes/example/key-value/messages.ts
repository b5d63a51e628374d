/**
 * What travels between clients and service. A command lies in words, in a slot's payload and before that in its
 * client's buffer; a reply is a record of the client's outbox and, for a value, a buffer of the same number.
 *
 *   command   word 0      CRC-32 of all that follows
 *                  1      operation | key bytes << 8 | value bytes << 16
 *                  2      operand: the version to compare with, or milliseconds until expiry
 *                  3..10  key, filled up with zeros
 *                 11..    value, filled up with zeros
 *
 *   reply     word 0      status
 *                  1      version of the key: counts all changes of the store
 *                  2      value bytes, and 3: bytes they were compressed to, in the buffer
 *                  4      CRC-32 of these
 *   expired   word 0      status `expired`, 1: key bytes, 2..9: key
 */
import { crc32 } from './crc32.ts'

export const Operation = { get: 1, put: 2, remove: 3, compareAndSet: 4, expire: 5 } as const

export const Status = {
  done: 1,
  /** There is no such key. */
  missing: 2,
  /** The key has another version than the one to compare with. */
  conflict: 3,
  /** The store holds as many keys as it can. */
  full: 4,
  /** The command was not understood, or its checksum was wrong. */
  refused: 5,
  /** Not a reply: a key that this client let expire is gone. */
  expired: 6,
} as const

export const CommandWord = { crc: 0, what: 1, operand: 2, key: 3, value: 11 } as const
export const ReplyWord = { status: 0, version: 1, valueBytes: 2, encodedBytes: 3, crc: 4 } as const
export const ExpiredWord = { status: 0, keyBytes: 1, key: 2 } as const

export const keyWords = 8
export const keyBytesLimit = keyWords * 4
export const valueBytesLimit = 4096
export const commandBytesLimit = CommandWord.value * 4 + valueBytesLimit
/** 16 minutes: well inside what wrapping 32-bit microseconds can compare. */
export const expiryMillisLimit = 1_000_000

/** What a client asks for. */
export interface Command {
  readonly operation: number
  readonly key: Uint8Array
  readonly value?: Uint8Array
  readonly operand?: number
}

/** Bytes that a value of `valueBytes` bytes makes a command long. */
export function commandBytes(valueBytes: number): number {
  return (CommandWord.value + Math.ceil(valueBytes / 4)) * 4
}

/** Writes a command at word offset `at`; `bytes` is a view over the same memory. Returns its length in bytes. */
export function encodeCommand(words: Int32Array, bytes: Uint8Array, at: number, command: Command): number {
  const { operation, key, value, operand = 0 } = command
  const valueBytes = value?.length ?? 0
  const length = commandBytes(valueBytes)
  words.fill(0, at, at + length / 4)
  words[at + CommandWord.what] = operation | (key.length << 8) | (valueBytes << 16)
  words[at + CommandWord.operand] = operand
  bytes.set(key, (at + CommandWord.key) * 4)
  if (value !== undefined) bytes.set(value, (at + CommandWord.value) * 4)
  words[at + CommandWord.crc] = crc32(bytes, (at + 1) * 4, at * 4 + length)
  return length
}

/** Whether a command of `length` bytes at word offset `at` is whole, and asks for something that can be asked. */
export function isSound(words: Int32Array, bytes: Uint8Array, at: number, length: number): boolean {
  if (length < commandBytes(0) || length > commandBytesLimit) return false
  const what = words[at + CommandWord.what] as number
  const operation = what & 255
  const keyBytes = (what >>> 8) & 255
  const operand = words[at + CommandWord.operand] as number
  return (
    operation >= Operation.get &&
    operation <= Operation.expire &&
    keyBytes >= 1 &&
    keyBytes <= keyBytesLimit &&
    commandBytes(what >>> 16) === length &&
    (operation !== Operation.expire || (operand >= 0 && operand <= expiryMillisLimit)) &&
    crc32(bytes, (at + 1) * 4, at * 4 + length) === words[at + CommandWord.crc]
  )
}
