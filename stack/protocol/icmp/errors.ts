/**
 * An ICMP error about a packet that we sent. Anyone can forge one. So an error about a TCP segment is accepted only
 * if it quotes a connection of ours and a sequence number in flight (RFC 5927 section 4.1), and it never ends an
 * established connection (section 5.2).
 */

import { isSameAddress } from '../../wire/address.ts'
import { HeaderWord } from '../../wire/header.ts'
import { IpProtocol } from '../../wire/ipv4.ts'
import { UpcallError } from '../actions.ts'
import { type Core, header, OwnAddress, selectConnection } from '../state/core.ts'
import { State } from '../state/tcb.ts'
import { lookupTuple } from '../state/tuple-hash.ts'
import { closeConnection } from '../tcp/connections.ts'
import { lowerMaximumSegment } from '../tcp/path-mtu.ts'
import { isBefore } from '../tcp/sequence.ts'
import { receiveDatagramError } from '../udp/errors.ts'

const IcmpType = { destinationUnreachable: 3, timeExceeded: 11 } as const
const UnreachableCode = { protocol: 2, port: 3, fragmentationNeeded: 4 } as const

export function receiveIcmpError(core: Core): void {
  const { globals, words, head } = core
  const isOurs = isSameAddress(words, head + HeaderWord.quotedSource, core.own, OwnAddress.address)
  if (isOurs && reachesSender(core)) globals.icmpErrorsIn = (globals.icmpErrorsIn + 1) | 0
  else globals.notOurs = (globals.notOurs + 1) | 0
}

/** False: no sender here sent the quoted packet. */
function reachesSender(core: Core): boolean {
  const protocol = header(core, HeaderWord.quotedProtocol)
  if (protocol === IpProtocol.tcp) return receiveSegmentError(core)
  return protocol === IpProtocol.udp && receiveDatagramError(core, errorOf(core))
}

function errorOf(core: Core): number {
  if (isFragmentationNeeded(core)) return UpcallError.tooLong
  const code = header(core, HeaderWord.icmpCode)
  const isRefusal = code === UnreachableCode.port || code === UnreachableCode.protocol
  return isUnreachable(core) && isRefusal ? UpcallError.refused : UpcallError.unreachable
}

function isUnreachable(core: Core): boolean {
  return header(core, HeaderWord.icmpType) === IcmpType.destinationUnreachable
}

function isFragmentationNeeded(core: Core): boolean {
  return isUnreachable(core) && header(core, HeaderWord.icmpCode) === UnreachableCode.fragmentationNeeded
}

function receiveSegmentError(core: Core): boolean {
  const { tcb, words, head } = core
  const entry = lookupTuple(
    core,
    words,
    head + HeaderWord.quotedDestination,
    header(core, HeaderWord.quotedDestinationPort),
    header(core, HeaderWord.quotedSourcePort),
  )
  if (entry <= 0) return false
  selectConnection(core, entry - 1)
  const sequence = header(core, HeaderWord.quotedSequence)
  // RFC 5927 section 4.1: SND.UNA =< SEG.SEQ < SND.NXT.
  if (isBefore(sequence, tcb.sndUna) || !isBefore(sequence, tcb.sndMax)) return false
  if (isFragmentationNeeded(core)) {
    lowerMaximumSegment(core, header(core, HeaderWord.nextHopMtu))
    return true
  }
  if (!isUnreachable(core) && header(core, HeaderWord.icmpType) !== IcmpType.timeExceeded) return true
  // RFC 1122 section 4.2.3.9: a soft error is only remembered, but an attempt to connect fails at once.
  tcb.softError = errorOf(core)
  if (tcb.state === State.synSent && isUnreachable(core)) closeConnection(core, tcb.softError)
  return true
}
