/** The local port of an active open: drawn from the dynamic ports until one is free for the destination. */
import { drawPort } from '../../ports.ts'
import type { Core } from '../../state/core.ts'
import { lookupTuple, shardOfTuple } from '../../state/tuple-hash.ts'
import { findListener } from './listeners.ts'

const attemptLimit = 1024

/**
 * A dynamic port that is free for the destination whose address lies at `addressAt` in `words`; 0 if none was drawn.
 */
export function choosePort(core: Core, words: Int32Array, addressAt: number, remotePort: number): number {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const port = drawPort(core, words, addressAt, remotePort)
    if (!isOfThisShard(core, words, addressAt, remotePort, port)) continue
    if (lookupTuple(core, words, addressAt, remotePort, port) !== 0) continue
    if (findListener(core, port) < 0) return port
  }
  return 0
}

/** Whether this machine gets the frames of the connection: with several machines, each gets those of its own shard. */
function isOfThisShard(
  core: Core,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
): boolean {
  const { shard, secret } = core.config
  if (shard === undefined) return true
  return shardOfTuple(secret, words, addressAt, remotePort, localPort, shard.count) === shard.index
}
