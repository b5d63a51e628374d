/**
 * The receive window: what is advertised, and when an update is worth a segment of its own (RFC 9293 section
 * 3.8.6.2.2, receiver's side of silly window avoidance). Also the right edge of the peer's window.
 *
 *      rcvConsumed      RCV.NXT            rcvEdge     rcvConsumed + receive buffer
 *   ────────┼──────────────┼──────────────────┼─────────────────┼────
 *           │   not read   │    advertised    │  not yet        │
 */
import type { Core } from '../state/core.ts'
import { ipAndTcpHeaderBytes, unscaledWindowLimit, windowScaleLimit } from './constants.ts'
import { earlier } from './sequence.ts'

/** The smallest shift with which the whole receive buffer can be advertised. */
export function windowScaleFor(bufferBytes: number): number {
  let scale = 0
  while (scale < windowScaleLimit && bufferBytes >> scale > unscaledWindowLimit) scale += 1
  return scale
}

/** The value for the window field of a segment about to be sent; moves the advertised edge. */
export function advertiseWindow(core: Core): number {
  const { tcb, config } = core
  const edge = furthestEdge(core)
  const step = Math.min(config.receiveBufferBytes >> 1, config.mtuBytes - ipAndTcpHeaderBytes)
  // The edge moves by at least a full segment, or half of a small buffer, or it stays.
  const offered = ((edge - tcb.rcvEdge) | 0) >= step ? edge : tcb.rcvEdge
  const room = (offered - tcb.rcvNxt) | 0
  const units = Math.min(unscaledWindowLimit, Math.max(room, 0) >> tcb.rcvScale)
  const advertised = (tcb.rcvNxt + (units << tcb.rcvScale)) | 0
  if (((advertised - tcb.rcvEdge) | 0) > 0) tcb.rcvEdge = advertised
  return units
}

/**
 * Whether reading has opened the window so far that the peer should get an update now: the window that it has is at
 * most half of the buffer, and would at least double. Ordinary ACKs carry smaller steps.
 */
export function windowUpdateIsDue(core: Core): boolean {
  const { tcb, config } = core
  const edge = furthestEdge(core)
  const known = Math.max(0, (tcb.rcvEdge - tcb.rcvNxt) | 0)
  if (known > config.receiveBufferBytes >> 1) return false
  const growth = (edge - tcb.rcvEdge) | 0
  const step = Math.min(config.receiveBufferBytes >> 1, 2 * (config.mtuBytes - ipAndTcpHeaderBytes))
  return growth >= step && growth >= known
}

/** The right edge that the buffer allows and the window field can express: without scaling, 65,535 beyond RCV.NXT. */
function furthestEdge(core: Core): number {
  const { tcb, config } = core
  const edge = (tcb.rcvConsumed + config.receiveBufferBytes) | 0
  return earlier(edge, (tcb.rcvNxt + (unscaledWindowLimit << tcb.rcvScale)) | 0)
}

/** SND.UNA + SND.WND: the peer takes nothing from there on. */
export function sendWindowEnd({ tcb }: Core): number {
  return (tcb.sndUna + tcb.sndWnd) | 0
}

/**
 * Whether the peer offered room up to `sequence` and has shrunk its window since, which a sender has to survive (RFC
 * 9293 section 3.8.6, MUST-34). The window field is rounded down to its scale, so a difference of less than one unit
 * is only rounding, unless the window is zero.
 */
export function isTakenBack(core: Core, sequence: number): boolean {
  const { tcb } = core
  const beyond = (sequence - sendWindowEnd(core)) | 0
  return beyond >= 1 << tcb.sndScale || (beyond > 0 && tcb.sndWnd === 0)
}
