/** Requests and responses at a Linux host: the responder answers, the requester asks and tells how long each answer took. */
import { given, type MeetingOptions, meetingArguments, type PeerProgram } from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import { type ClientTold, clientSchema, type ServerTold, serverSchema } from './task.ts'

export interface ExchangeOptions extends MeetingOptions {
  /** File, as the node sees it, whose bytes, repeated, are both streams. */
  readonly pattern: string
  readonly messageBytes: number
}

export interface RequesterOptions extends ExchangeOptions {
  /** Requests under way at the same time on each connection. */
  readonly depth: number
  readonly settlingSeconds: number
  readonly seconds: number
}

/** Serves until the other end closes. */
export function responder(options: ExchangeOptions): PeerProgram<ServerTold> {
  return {
    file: `${paths.workloads}/request-response/responder.py`,
    argv: exchangeArguments(options),
    result: serverSchema,
    listens: 'listen' in options.meet,
  }
}

export function requester(options: RequesterOptions): PeerProgram<ClientTold> {
  return {
    file: `${paths.workloads}/request-response/requester.py`,
    argv: [
      ...exchangeArguments(options),
      ...given('depth', options.depth),
      ...given('settle', options.settlingSeconds),
      ...given('seconds', options.seconds),
    ],
    result: clientSchema,
    listens: 'listen' in options.meet,
  }
}

export function exchangeArguments(options: ExchangeOptions): string[] {
  return [
    ...meetingArguments(options),
    ...given('pattern', options.pattern),
    ...given('message', options.messageBytes),
  ]
}
