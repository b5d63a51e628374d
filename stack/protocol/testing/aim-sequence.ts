/**
 * Initial sequence numbers follow from the clock and the tuple (RFC 6528), but tests have to begin just before
 * numbers wrap. So a test sets the machine's clock, in milliseconds and a fraction, to a time at which the next
 * connection of a tuple begins with the wanted number.
 */
import { mapIpv4 } from '../../wire/address.ts'
import type { MachineConfig } from '../config.ts'
import { globalRecord } from '../state/globals.ts'
import { planLayout } from '../state/layout.ts'
import { sequenceOffset } from '../tcp/opening/initial-sequence.ts'

const stepsPerMilli = 250

/** A connection of this tuple that begins by a request at `now` will have the initial sequence number `iss`. */
export function aimSequence(
  config: MachineConfig,
  state: Int32Array,
  now: number,
  iss: number,
  tuple: readonly [remoteAddress: number, remotePort: number, localPort: number],
): void {
  const globals = globalRecord.cursor(state, planLayout(config).globals)
  const [remoteAddress, ...ports] = tuple
  const clock = (iss - sequenceOffset(config, Int32Array.from(mapIpv4(remoteAddress)), 0, ...ports)) >>> 0
  globals.clockStarted = 1
  globals.lastNow = now | 0
  globals.millis = Math.floor(clock / stepsPerMilli) | 0
  globals.subMillis = (clock % stepsPerMilli) * 4
}
