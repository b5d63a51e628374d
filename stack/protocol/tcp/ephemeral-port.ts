/**
 * The local port of an active open (RFC 6056 section 3.3.4, algorithm 4): where the search begins is a keyed hash of the
 * destination, which strangers cannot foresee; it goes on by a counter, so that a port to one destination is reused as
 * late as can be. Destinations share a few counters, by other bits of the hash: how one advances says little of others.
 */
import { HashPurpose, keyedHash } from '../keyed-hash.ts'
import type { Core } from '../state/core.ts'
import { portCounterCount } from '../state/globals.ts'
import { lookupTuple, shardOfTuple } from '../state/tuple-hash.ts'
import { findListener } from './listeners.ts'

/** RFC 6056 section 3.2: the dynamic ports. */
const firstPort = 32768
const portMask = 0x7fff
const attemptLimit = 1024

/** A dynamic port that is free for this destination; 0 if there is none nearby. */
export function choosePort(core: Core, remoteAddress: number, remotePort: number): number {
  const { state, globals, config } = core
  const hash = keyedHash(config.secret, remoteAddress, remotePort, 0, HashPurpose.port)
  const counterAt = globals.portCounters + ((hash >>> 16) & (portCounterCount - 1))
  const start = (hash + (state[counterAt] as number)) | 0
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const port = firstPort + ((start + attempt) & portMask)
    if (!isOfThisShard(core, remoteAddress, remotePort, port)) continue
    if (lookupTuple(core, remoteAddress, remotePort, port) !== 0 || findListener(core, port) >= 0) continue
    state[counterAt] = ((state[counterAt] as number) + attempt + 1) | 0
    return port
  }
  return 0
}

/** What arrives for other connections goes to another machine. */
function isOfThisShard(core: Core, remoteAddress: number, remotePort: number, localPort: number): boolean {
  const { shard, secret } = core.config
  if (shard === undefined) return true
  return shardOfTuple(secret, remoteAddress, remotePort, localPort, shard.count) === shard.index
}
