import { z } from 'zod'
import type { DeployedNode } from './node.ts'
import {
  given,
  type MeetingOptions,
  meetingArguments,
  type PeerProgram,
  startProgram,
  tcpInfo,
} from './peer-process.ts'

/** Requests and responses: a Linux host answers, or asks and tells how long each answer took. */
export interface ExchangeOptions extends MeetingOptions {
  /** File, as the node sees it, whose first bytes are every request and response; repeated where it is shorter. */
  readonly pattern: string
  readonly requestBytes: number
  readonly responseBytes: number
}

export interface RequesterOptions extends ExchangeOptions {
  /** Requests that are measured, and those before. */
  readonly count: number
  readonly warmupCount: number
  /** Requests under way at the same time. */
  readonly depth: number
}

const responderResult = z.object({
  transactions: z.int(),
  /** Position in the stream of requests of the first byte that was not as expected. */
  firstMismatch: z.int().nullable(),
  tcpInfo,
  cpuMicros: z.int(),
})

const requesterResult = z.object({
  transactions: z.int(),
  measuredMicros: z.int(),
  /** From handing a request to the kernel to taking the end of its response. */
  latencyMicros: z.object({
    min: z.number(),
    mean: z.number(),
    p50: z.number(),
    p90: z.number(),
    p99: z.number(),
    p999: z.number(),
    max: z.number(),
  }),
  firstMismatch: z.int().nullable(),
  tcpInfo,
  cpuMicros: z.int(),
})

export type ResponderResult = z.infer<typeof responderResult>
export type RequesterResult = z.infer<typeof requesterResult>

/** Serves until the other end closes. */
export function startResponder(
  node: DeployedNode,
  options: ExchangeOptions,
): Promise<PeerProgram<ResponderResult>> {
  return startProgram(
    node,
    'responder',
    exchangeArguments(options),
    responderResult,
    'listen' in options.meet,
  )
}

/** One connection. */
export function startRequester(
  node: DeployedNode,
  options: RequesterOptions,
): Promise<PeerProgram<RequesterResult>> {
  const programArguments = [
    ...exchangeArguments(options),
    ...given('count', options.count),
    ...given('warmup', options.warmupCount),
    ...given('depth', options.depth),
  ]
  return startProgram(node, 'requester', programArguments, requesterResult, 'listen' in options.meet)
}

function exchangeArguments(options: ExchangeOptions): string[] {
  return [
    ...meetingArguments(options),
    ...given('pattern', options.pattern),
    ...given('request', options.requestBytes),
    ...given('response', options.responseBytes),
  ]
}
