/** UDP has only its place here: no port is open, so every datagram is answered with "port unreachable". */
import { Action } from '../actions.ts'
import { emitIcmp } from '../icmp/output.ts'
import type { Core } from '../state/core.ts'

const destinationUnreachable = 3
const portUnreachable = 3
const errorsPerSecond = 1000
const microsPerSecond = 1_000_000

export function receiveDatagram(core: Core): void {
  const { globals, now } = core
  // RFC 1812 section 4.3.2.8: errors are limited in rate, lest they answer a flood with a flood.
  if (((now - globals.icmpSecond) | 0) >= microsPerSecond || globals.icmpCount === 0) {
    globals.icmpSecond = now
    globals.icmpCount = 0
  }
  if (globals.icmpCount >= errorsPerSecond) return
  globals.icmpCount += 1
  globals.icmpErrorsOut = (globals.icmpErrorsOut + 1) | 0
  // RFC 1122 section 4.1.3.1
  emitIcmp(core, Action.sendIcmpError, destinationUnreachable, portUnreachable, 0, 0)
}
