/** "Port unreachable", for a datagram that nobody hears (RFC 1122 section 4.1.3.1). */
import { Action } from '../actions.ts'
import { HashPurpose, keyedHash } from '../keyed-hash.ts'
import { type Core, OwnAddress, randomBits } from '../state/core.ts'
import { emitIcmp } from './output.ts'

const destinationUnreachable = 3
const portUnreachable = 3
const errorsPerSecond = 1000
const millisPerSecond = 1000
/** By so many at most the limit is lower. */
const countMask = 0xff

/** Answers the frame at hand, within the limit. */
export function answerPortUnreachable(core: Core): void {
  const { globals } = core
  // RFC 1812 section 4.3.2.8: errors are limited in rate, lest they answer a flood with a flood. Unsigned: a second that
  // is long past is never taken for one to come. The limit is another one each second: whoever could count on it would
  // learn from what is missing what others have drawn (CVE-2020-25705).
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
