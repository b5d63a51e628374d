/** Echo (RFC 792, RFC 1122 section 3.2.2.6): a request is answered with what it carried. */

import { HeaderWord } from '../../wire/header.ts'
import { icmpHeaderBytes } from '../../wire/icmpv4.ts'
import { ipv4HeaderBytes } from '../../wire/ipv4.ts'
import { fragmentUnitBytes } from '../../wire/ipv4-fragment.ts'
import { Action, IcmpWord } from '../actions.ts'
import { keyedHash } from '../keyed-hash.ts'
import { type Core, header } from '../state/core.ts'
import { emitIcmp } from './output.ts'

const echoReply = 0
const echoRequest = 8

/**
 * Most fragments of one reply: all of them are emitted at once, which has to fit the action queue. The largest packet there
 * is takes 45 where the MTU is 1500.
 */
export const fragmentLimit = 48
/** Sets this use of the keyed hash apart from others. */
const hashPurpose = 0x46524147

export function receiveEcho(core: Core): void {
  const { globals, config } = core
  if (header(core, HeaderWord.icmpType) !== echoRequest) {
    globals.notOurs = (globals.notOurs + 1) | 0
    return
  }
  const length = icmpHeaderBytes + header(core, HeaderWord.payloadLength)
  const room = config.mtuBytes - ipv4HeaderBytes
  const piece = room - (room % fragmentUnitBytes)
  if (length > room && length > piece * fragmentLimit) {
    globals.echoesTooLong = (globals.echoesTooLong + 1) | 0
    return
  }
  globals.echoReplies = (globals.echoReplies + 1) | 0
  if (length <= room) emitReply(core, 0, length, false, 0)
  else emitFragments(core, length, piece)
}

/** Each fragment is an action, so that any replica may send it. RFC 791 section 3.2. */
function emitFragments(core: Core, length: number, piece: number): void {
  const identification = nextIdentification(core)
  for (let offset = 0; offset < length; offset += piece) {
    const isFollowed = offset + piece < length
    emitReply(core, offset, isFollowed ? piece : length - offset, isFollowed, identification)
  }
}

function emitReply(
  core: Core,
  offset: number,
  length: number,
  isFollowed: boolean,
  identification: number,
): void {
  const identifier = header(core, HeaderWord.icmpIdentifier)
  const sequence = header(core, HeaderWord.icmpSequence)
  const at = emitIcmp(core, Action.sendEchoReply, echoReply, 0, identifier, sequence)
  const { words } = core.actions
  words[at + IcmpWord.offset] = offset
  words[at + IcmpWord.length] = length
  words[at + IcmpWord.isFollowed] = isFollowed ? 1 : 0
  words[at + IcmpWord.identification] = identification
}

/**
 * Unique for as long as fragments live in the network, since it counts; not to be foreseen by others, who could else damage
 * what they cannot see (RFC 7739 section 5): where the count starts differs from host to host.
 */
function nextIdentification(core: Core): number {
  const { globals, config } = core
  globals.identification = (globals.identification + 1) & 0xffff
  const start = keyedHash(
    config.secret,
    core.words,
    core.head + HeaderWord.ipSource,
    config.address,
    0,
    hashPurpose,
  )
  return (start + globals.identification) & 0xffff
}
