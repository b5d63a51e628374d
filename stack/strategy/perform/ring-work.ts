/**
 * The payload work between a frame and a ring, in two pieces where the ring ends. A position is in its ring at
 * `position mod size`; it has 64 bits in two words, since a cipher's counter must not repeat. Any thread.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import type { PayloadWork } from '../../payload/payload-work.ts'
import { addSums, sumBytes } from '../../wire/checksum.ts'

/** From the ring at byte `ring` to `to`; returns the payload's sum, if the work makes one. */
export function copyFromRing(
  work: PayloadWork,
  ring: number,
  ringBytes: number,
  low: number,
  high: number,
  to: number,
  length: number,
): number {
  const offset = low & (ringBytes - 1)
  const first = Math.min(length, ringBytes - offset)
  const sum = work.copyOut(ring + offset, to, first, low, high)
  if (first === length) return sum
  const rest = work.copyOut(ring, to + first, length - first, (low + first) | 0, highAfter(low, high, first))
  return work.sums ? addSums(sum, rest, first) : sum
}

/** From `from` into the ring at byte `ring`. `isVouchedFor`: see `PayloadWork.copyIn`. */
export function copyToRing(
  work: PayloadWork,
  from: number,
  ring: number,
  ringBytes: number,
  low: number,
  high: number,
  length: number,
  isVouchedFor = false,
): void {
  const offset = low & (ringBytes - 1)
  const first = Math.min(length, ringBytes - offset)
  work.copyIn(from, ring + offset, first, low, high, isVouchedFor)
  if (first === length) return
  const next = highAfter(low, high, first)
  work.copyIn(from + first, ring, length - first, (low + first) | 0, next, isVouchedFor)
}

/** The sum of bytes that stay in the ring. */
export function sumInRing(
  { bytes, words }: Pick<Region, 'bytes' | 'words'>,
  ring: number,
  ringBytes: number,
  low: number,
  length: number,
): number {
  const offset = low & (ringBytes - 1)
  const first = Math.min(length, ringBytes - offset)
  const sum = sumBytes(bytes, words, ring + offset, first)
  return first === length ? sum : addSums(sum, sumBytes(bytes, words, ring, length - first), first)
}

/** The low word wraps exactly where the ring, whose size divides 2^32, may end. */
function highAfter(low: number, high: number, length: number): number {
  return ((low + length) | 0) === 0 ? (high + 1) | 0 : high
}
