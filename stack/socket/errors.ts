/** Why a connection or a listener came to nothing. */
import { UpcallError } from '../protocol/actions.ts'

export type SocketReason =
  | 'refused'
  | 'reset'
  | 'timed out'
  | 'unreachable'
  | 'port in use'
  | 'too many connections'
  | 'too long'
  | 'no composition'
  | 'stack stopped'
  /** This end gave the connection up before. */
  | 'closed'

const reasons: ReadonlyMap<number, SocketReason> = new Map([
  [UpcallError.refused, 'refused'],
  [UpcallError.reset, 'reset'],
  [UpcallError.timedOut, 'timed out'],
  [UpcallError.unreachable, 'unreachable'],
  [UpcallError.portInUse, 'port in use'],
  [UpcallError.tooManyConnections, 'too many connections'],
  [UpcallError.tooLong, 'too long'],
  [UpcallError.noComposition, 'no composition'],
])

export class SocketError extends Error {
  override readonly name = 'SocketError'
  readonly reason: SocketReason

  constructor(what: string, reason: SocketReason) {
    super(`${what}: ${reason}`)
    this.reason = reason
  }

  static fromUpcall(what: string, code: number): SocketError {
    return new SocketError(what, reasons.get(code) ?? 'reset')
  }
}
