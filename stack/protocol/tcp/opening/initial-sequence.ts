/**
 * Initial sequence numbers (RFC 6528): ISN = M + F(tuple, secret). M counts steps of four microseconds, so that the
 * numbers of a tuple go on after those of its earlier connection. F is a keyed hash, so that a peer that knows the
 * numbers of its own connections learns nothing about those of others.
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

/** M. The millisecond clock wraps at 2^32, and so does its product with 250, so M makes no jump there. */
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
