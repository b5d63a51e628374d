/** Echo (RFC 792, RFC 1122 section 3.2.2.6): a request is answered with what it carried. */

import { HeaderWord } from '../../wire/header.ts'
import { Action } from '../actions.ts'
import { type Core, header } from '../state/core.ts'
import { emitIcmp } from './output.ts'

const echoReply = 0
const echoRequest = 8

export function receiveEcho(core: Core): void {
  const { globals } = core
  if (header(core, HeaderWord.icmpType) !== echoRequest) {
    globals.notOurs = (globals.notOurs + 1) | 0
    return
  }
  globals.echoReplies = (globals.echoReplies + 1) | 0
  const identifier = header(core, HeaderWord.icmpIdentifier)
  emitIcmp(core, Action.sendEchoReply, echoReply, 0, identifier, header(core, HeaderWord.icmpSequence))
}
