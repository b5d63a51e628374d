/** Passes a TCP segment to its connection, TIME-WAIT entry or listener (RFC 9293 section 3.10.7). */
import { HeaderWord } from '../../wire/header.ts'
import { type Core, header, selectConnection } from '../state/core.ts'
import { State } from '../state/tcb.ts'
import { lookupTuple } from '../state/tuple-hash.ts'
import { receiveInTimeWait } from './closing/time-wait.ts'
import { schedule } from './connections.ts'
import { receiveInConnection } from './input-synchronized.ts'
import { initialSequence } from './opening/initial-sequence.ts'
import { receiveForListener, receiveInSynSent } from './opening/open.ts'

export function receiveSegment(core: Core): void {
  const { globals, tcb, words } = core
  globals.segmentsIn = (globals.segmentsIn + 1) | 0
  const remoteAddress = core.head + HeaderWord.ipSource
  const remotePort = header(core, HeaderWord.sourcePort)
  const localPort = header(core, HeaderWord.destinationPort)
  const entry = lookupTuple(core, words, remoteAddress, remotePort, localPort)
  if (entry > 0) {
    selectConnection(core, entry - 1)
    if (tcb.state === State.synSent) receiveInSynSent(core)
    else receiveInConnection(core)
    schedule(core)
    return
  }
  const isOpenedByCookie =
    entry < 0
      ? receiveInTimeWait(core, -entry - 1)
      : receiveForListener(core, initialSequence(core, words, remoteAddress, remotePort, localPort))
  if (!isOpenedByCookie) return
  receiveInConnection(core)
  schedule(core)
}
