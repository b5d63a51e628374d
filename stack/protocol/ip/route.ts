/** Where an IP packet goes first: its destination if that is on the link, else the gateway (RFC 1122 3.3.1.1). */
import type { MachineConfig } from '../config.ts'

export function nextHopOf(config: MachineConfig, destination: number): number {
  const mask = config.prefixLength === 0 ? 0 : -1 << (32 - config.prefixLength)
  if (((destination ^ config.address) & mask) === 0 || config.gateway === 0) return destination
  return config.gateway
}
