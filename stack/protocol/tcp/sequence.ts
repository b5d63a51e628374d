/** Sequence number arithmetic (RFC 9293 section 3.4): signed 32-bit integers, compared by their difference. */

export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

export function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0
}

export function earlier(a: number, b: number): number {
  return ((a - b) | 0) < 0 ? a : b
}

export function later(a: number, b: number): number {
  return ((a - b) | 0) > 0 ? a : b
}

/** Whether 32-bit `a` is below `b` when both are read as unsigned. */
export function isBelowUnsigned(a: number, b: number): boolean {
  return (a ^ 0x80000000) < (b ^ 0x80000000)
}

/** How far `to` is after `from`, negative if before: the shorter way round. */
export function sequenceDistance(from: number, to: number): number {
  return (to - from) | 0
}
