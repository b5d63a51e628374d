/** Where an IP packet goes first: its destination if that is on the link, else the gateway (RFC 1122 3.3.1.1). */
import { copyAddress, ipv4At } from '../../wire/address.ts'
import { maskOfPrefix } from '../../wire/addresses.ts'
import { type Core, OwnAddress } from '../state/core.ts'

/** Writes the next hop of the address at `addressAt` in `words` to `to[toAt …]`. */
export function writeNextHop(
  core: Core,
  words: Int32Array,
  addressAt: number,
  to: Int32Array,
  toAt: number,
): void {
  const { config } = core
  const mask = maskOfPrefix(config.prefixLength)
  const isOnLink = ((ipv4At(words, addressAt) ^ config.address) & mask) === 0
  if (isOnLink || config.gateway === 0) copyAddress(words, addressAt, to, toAt)
  else copyAddress(core.own, OwnAddress.gateway, to, toAt)
}
