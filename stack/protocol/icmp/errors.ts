/**
 * An ICMP error about a segment of ours. Anyone can forge one, so it has to name a connection and a sequence
 * number in flight (RFC 5927 section 4.1), and an established connection is never ended by it (section 5.2).
 */

import { isSameAddress } from '../../wire/address.ts'
import { HeaderWord } from '../../wire/header.ts'
import { UpcallError } from '../actions.ts'
import { type Core, header, OwnAddress, selectConnection } from '../state/core.ts'
import { State } from '../state/tcb.ts'
import { lookupTuple } from '../state/tuple-hash.ts'
import { closeConnection } from '../tcp/connections.ts'
import { lowerMaximumSegment } from '../tcp/path-mtu.ts'
import { isBefore } from '../tcp/sequence.ts'

const protocolTcp = 6
const IcmpType = { destinationUnreachable: 3, timeExceeded: 11 } as const
const UnreachableCode = { protocol: 2, port: 3, fragmentationNeeded: 4 } as const

export function receiveIcmpError(core: Core): void {
  const { globals, tcb } = core
  const entry = quotedConnection(core)
  if (entry <= 0) {
    globals.notOurs = (globals.notOurs + 1) | 0
    return
  }
  selectConnection(core, entry - 1)
  const sequence = header(core, HeaderWord.quotedSequence)
  // RFC 5927 section 4.1: SND.UNA =< SEG.SEQ < SND.NXT.
  if (isBefore(sequence, tcb.sndUna) || !isBefore(sequence, tcb.sndMax)) {
    globals.notOurs = (globals.notOurs + 1) | 0
    return
  }
  globals.icmpErrorsIn = (globals.icmpErrorsIn + 1) | 0
  const type = header(core, HeaderWord.icmpType)
  const code = header(core, HeaderWord.icmpCode)
  if (type === IcmpType.destinationUnreachable && code === UnreachableCode.fragmentationNeeded) {
    lowerMaximumSegment(core, header(core, HeaderWord.nextHopMtu))
    return
  }
  if (type !== IcmpType.destinationUnreachable && type !== IcmpType.timeExceeded) return
  const isRefusal = code === UnreachableCode.port || code === UnreachableCode.protocol
  const error =
    type === IcmpType.destinationUnreachable && isRefusal ? UpcallError.refused : UpcallError.unreachable
  // RFC 1122 section 4.2.3.9: remember a soft error; only an attempt to connect gives up at once.
  tcb.softError = error
  if (tcb.state === State.synSent && type === IcmpType.destinationUnreachable) closeConnection(core, error)
}

function quotedConnection(core: Core): number {
  if (header(core, HeaderWord.quotedProtocol) !== protocolTcp) return 0
  if (!isSameAddress(core.words, core.head + HeaderWord.quotedSource, core.own, OwnAddress.address)) return 0
  return lookupTuple(
    core,
    core.words,
    core.head + HeaderWord.quotedDestination,
    header(core, HeaderWord.quotedDestinationPort),
    header(core, HeaderWord.quotedSourcePort),
  )
}
