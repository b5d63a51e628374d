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
 * Most fragments of one reply. All of them are emitted at once and have to fit the action queue. The largest IP
 * packet takes 45 at an MTU of 1500.
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
 * The identification of the next packet that is sent in fragments, 0 … 65535. It counts, so that no number repeats
 * while fragments of an earlier packet live in the network. The count starts at a keyed hash of the destination, so
 * that other hosts cannot predict it and damage packets that they cannot see (RFC 7739 section 5).
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
