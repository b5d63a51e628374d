/**
 * Initial sequence numbers (RFC 6528): ISN = M + F(tuple, secret). M counts four microseconds a step, so that numbers of
 * one tuple go on from where an earlier connection's were; F is a keyed hash, so that whoever knows the numbers of his own
 * connections knows nothing of others'.
 */
import type { MachineConfig } from '../../config.ts'
import { HashPurpose, keyedHash } from '../../keyed-hash.ts'
import type { Core } from '../../state/core.ts'
import type { Globals } from '../../state/globals.ts'
import { packPorts } from '../../state/tuple-hash.ts'

/** Steps of M in a millisecond. */
const stepsPerMilli = 250

/** ISS for a connection of this tuple that begins now. */
export function initialSequence(
  core: Core,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
): number {
  const { config, globals } = core
  return (sequenceClock(globals) + sequenceOffset(config, words, addressAt, remotePort, localPort)) | 0
}

/** M. The millisecond clock wraps after 2^32, and so does 250 times it: M goes on without a jump. */
export function sequenceClock({ millis, subMillis }: Pick<Globals, 'millis' | 'subMillis'>): number {
  return (Math.imul(millis, stepsPerMilli) + (subMillis >> 2)) | 0
}

/** F */
export function sequenceOffset(
  config: MachineConfig,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
): number {
  const ports = packPorts(remotePort, localPort)
  return keyedHash(config.secret, words, addressAt, ports, config.address, HashPurpose.initialSequence)
}
