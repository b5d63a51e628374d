/**
 * A name server for tests that has the same address for every name: it repeats the question and appends one address
 * record (RFC 1035 section 4).
 */

/** 192.0.2.53, of the addresses for documentation (RFC 5737). */
const answeredAddress = [192, 0, 2, 53]
const secondsToLive = 60

const FlagBit = { response: 0x80, recursionAvailable: 0x80 } as const

export function answerName(query: Uint8Array): Uint8Array {
  const header = Buffer.from(query.subarray(0, 12))
  header[2] = (header[2] ?? 0) | FlagBit.response
  header[3] = FlagBit.recursionAvailable
  // One answer; its name is the question's, behind the header.
  header.writeUInt16BE(1, 6)
  const record = Buffer.alloc(12)
  record.writeUInt16BE(0xc00c, 0)
  record.writeUInt16BE(1, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(secondsToLive, 6)
  record.writeUInt16BE(answeredAddress.length, 10)
  return Buffer.concat([header, query.subarray(12), record, Buffer.from(answeredAddress)])
}
