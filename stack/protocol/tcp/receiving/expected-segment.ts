/**
 * The segment that the connection at hand expects next, and where its payload belongs: for whoever reads frames, so that
 * payload can be read to its place. A guess, since any other frame may come first; who uses it has to look. Changes nothing.
 */
import { ipv4At, isIpv4Mapped } from '../../../wire/address.ts'
import { ethernetHeaderBytes } from '../../../wire/ethernet.ts'
import { type Core, OwnAddress } from '../../state/core.ts'
import { State, TcbFlag } from '../../state/tcb.ts'
import { ipAndTcpHeaderBytes, timestampOptionBytes } from '../constants.ts'
import { receivePosition } from '../positions.ts'

export interface ExpectedSegment {
  /** IPv4 addresses and ports as the segment has them: the source is the peer. */
  source: number
  destination: number
  sourcePort: number
  destinationPort: number
  /** SEG.SEQ */
  sequence: number
  /** Bytes from the start of its frame to its payload. */
  headerBytes: number
  /** Index of the connection, which names its receive ring, and the stream position of the payload, low 32 bits. */
  connection: number
  position: number
  /** Bytes of the ring from there on that hold nothing. */
  roomBytes: number
}

export function newExpectedSegment(): ExpectedSegment {
  return {
    source: 0,
    destination: 0,
    sourcePort: 0,
    destinationPort: 0,
    sequence: 0,
    headerBytes: 0,
    connection: 0,
    position: 0,
    roomBytes: 0,
  }
}

/**
 * Fills `into`; false if nothing can be said. Not to be called within `apply`; what the request at hand has still to emit changes
 * nothing here. What is received out of order lies beyond RCV.NXT:
 * while there is any, no room is known to be free.
 */
export function expectSegment(core: Core, into: ExpectedSegment): boolean {
  const { tcb, state, config } = core
  const receives =
    tcb.state === State.established || tcb.state === State.finWait1 || tcb.state === State.finWait2
  const closing = TcbFlag.finReceived | TcbFlag.released
  if (!receives || (tcb.flags & closing) !== 0 || tcb.rangeCount > 0) return false
  if (!isIpv4Mapped(state, tcb.remoteAddress)) return false
  into.source = ipv4At(state, tcb.remoteAddress)
  into.destination = ipv4At(core.own, OwnAddress.address)
  into.sourcePort = tcb.remotePort
  into.destinationPort = tcb.localPort
  into.sequence = tcb.rcvNxt
  const optionBytes = (tcb.flags & TcbFlag.timestamps) === 0 ? 0 : timestampOptionBytes
  into.headerBytes = ethernetHeaderBytes + ipAndTcpHeaderBytes + optionBytes
  into.connection = core.connection
  into.position = receivePosition(core, tcb.rcvNxt)
  into.roomBytes = (tcb.rcvConsumed + config.receiveBufferBytes - tcb.rcvNxt) | 0
  return true
}
