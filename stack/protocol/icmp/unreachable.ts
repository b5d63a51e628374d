/** "Port unreachable", in answer to a datagram to a port that no socket hears (RFC 1122 section 4.1.3.1). */
import { Action } from '../actions.ts'
import { HashPurpose, keyedHash } from '../keyed-hash.ts'
import { type Core, OwnAddress, randomBits } from '../state/core.ts'
import { emitIcmp } from './output.ts'

const destinationUnreachable = 3
const portUnreachable = 3
const errorsPerSecond = 1000
const millisPerSecond = 1000
/** The limit of a second is lowered by a random number, 0 … this. */
const countMask = 0xff

/** Answers the frame at hand, within the limit. */
export function answerPortUnreachable(core: Core): void {
  const { globals } = core
  // RFC 1812 section 4.3.2.8: the rate of errors is limited, so that a flood is not answered with a flood. The
  // difference is unsigned: a start in the distant past must not count as a start in the future. Each second begins
  // to count at another random number, which lowers its limit. With a fixed limit a stranger could count the errors
  // that he misses, and learn how many others have caused (CVE-2020-25705).
  if ((globals.millis - globals.icmpSecond) >>> 0 >= millisPerSecond) {
    globals.icmpSecond = globals.millis
    globals.icmpCount = unforeseen(core) & countMask
  }
  if (globals.icmpCount >= errorsPerSecond) return
  globals.icmpCount += 1
  globals.icmpErrorsOut = (globals.icmpErrorsOut + 1) | 0
  emitIcmp(core, Action.sendIcmpError, destinationUnreachable, portUnreachable, 0, 0)
}

function unforeseen(core: Core): number {
  const { config, globals } = core
  return keyedHash(
    config.secret,
    core.own,
    OwnAddress.address,
    globals.millis,
    randomBits(core) ^ globals.requests,
    HashPurpose.errorLimit,
  )
}
