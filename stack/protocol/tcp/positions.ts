/**
 * From sequence numbers to positions in the byte streams: 0 is the first payload byte, 64 bits in two
 * words, because a stream cipher's counter must not repeat after 4 GiB.
 */
import type { Core } from '../state/core.ts'
import { isBelowUnsigned } from './sequence.ts'

/** Low word of the position of `sequence` in the stream that we send. */
export function sendPosition(core: Core, sequence: number): number {
  return (sequence - core.tcb.iss - 1) | 0
}

/** High word of the position of `sequence`, which is not before SND.UNA. */
export function sendPositionHigh(core: Core, sequence: number): number {
  const { tcb } = core
  const wrapped = isBelowUnsigned(sendPosition(core, sequence), sendPosition(core, tcb.sndUna))
  return wrapped ? (tcb.sndPositionHigh + 1) | 0 : tcb.sndPositionHigh
}

/** Moves SND.UNA, which may not go back. */
export function advanceSndUna(core: Core, sequence: number): void {
  const { tcb } = core
  tcb.sndPositionHigh = sendPositionHigh(core, sequence)
  tcb.sndUna = sequence
}

/** Low word of the position of `sequence` in the stream that we receive. */
export function receivePosition(core: Core, sequence: number): number {
  return (sequence - core.tcb.irs - 1) | 0
}

/** High word of the position of `sequence`, which is not before RCV.NXT. */
export function receivePositionHigh(core: Core, sequence: number): number {
  const { tcb } = core
  const wrapped = isBelowUnsigned(receivePosition(core, sequence), receivePosition(core, tcb.rcvNxt))
  return wrapped ? (tcb.rcvPositionHigh + 1) | 0 : tcb.rcvPositionHigh
}

/** Moves RCV.NXT, which may not go back. */
export function advanceRcvNxt(core: Core, sequence: number): void {
  const { tcb } = core
  tcb.rcvPositionHigh = receivePositionHigh(core, sequence)
  tcb.rcvNxt = sequence
}
