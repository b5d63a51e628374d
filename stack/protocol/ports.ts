/** Port numbers, of TCP and of UDP. */
import { HashPurpose, keyedHash } from './keyed-hash.ts'
import type { Core } from './state/core.ts'

/** RFC 6056 section 3.2: the dynamic ports. */
const firstPort = 32768
const portMask = 0x7fff

export function isPort(port: number): boolean {
  return port > 0 && port <= 0xffff
}

/**
 * Draws a dynamic port, 32768 … 65535, for the destination whose address lies at `addressAt` in `words` (RFC 6056
 * section 3.3.1). The port is a keyed hash of the destination and a counter. So a peer that sees the ports of its own
 * connections can predict neither the next one nor those that go to other peers. The port may be in use: then the
 * caller draws again.
 */
export function drawPort(core: Core, words: Int32Array, addressAt: number, remotePort: number): number {
  const { globals, config } = core
  globals.portsDrawn = (globals.portsDrawn + 1) | 0
  const { portsDrawn } = globals
  const hash = keyedHash(config.secret, words, addressAt, remotePort, portsDrawn, HashPurpose.port)
  return firstPort + (hash & portMask)
}
