/** Which addresses may stand where (RFC 1122 sections 3.2.1.3 and 3.3.6, RFC 9293 section 3.9.2.3). */

import { ipv4At, isIpv4Mapped } from '../../wire/address.ts'
import type { MachineConfig } from '../config.ts'
import type { Core } from '../state/core.ts'

const thisNetwork = 0
const loopback = 127
/** 224.0.0.0 and above: multicast, reserved, and the limited broadcast. */
const firstGroup = 14

/**
 * Whether the address at `at` in `words` can be that of one other host: the source of a packet, or a peer to connect
 * to.
 */
export function isHost({ config }: Core, words: Int32Array, at: number): boolean {
  if (!isIpv4Mapped(words, at)) return false
  const address = ipv4At(words, at)
  const first = address >>> 24
  if (first === thisNetwork || first === loopback || address >>> 28 >= firstGroup) return false
  return address !== config.address && !isOfWholeSubnet(config, address)
}

/**
 * Whether this is the broadcast address of our subnet, or its old form with a host part of zeros. A subnet of two
 * addresses has neither (RFC 3021).
 */
function isOfWholeSubnet({ address: own, prefixLength }: MachineConfig, address: number): boolean {
  if (prefixLength === 0 || prefixLength > 30) return false
  const hostMask = -1 >>> prefixLength
  if (((address ^ own) & ~hostMask) !== 0) return false
  const host = address & hostMask
  return host === 0 || host === hostMask
}
