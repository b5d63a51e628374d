/**
 * Bulk transfer at a Linux host: the sink receives streams and compares every byte, the source sends them. Each serves one
 * exchange and ends with one result.
 */
import { z } from 'zod'
import {
  given,
  type MeetingOptions,
  meetingArguments,
  type PeerProgram,
  tcpInfo,
} from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import { sharesSchema } from './task.ts'

export interface EndpointOptions extends MeetingOptions {
  /** The bytes to send or expect, a file as the node sees it: repeated, or the whole stream. */
  readonly content: { readonly pattern: string } | { readonly file: string } | undefined
  /** Bytes of each connection before the measurement begins. */
  readonly warmupBytes: number
  /** Most bytes in one system call. Default: 1 MiB. */
  readonly chunkBytes?: number | undefined
}

const sinkConnection = z.object({
  bytesReceived: z.int(),
  /** Length of the prefix that was as expected; 0 if nothing was expected. */
  bytesVerified: z.int(),
  /** Position of the first byte that was not as expected. */
  firstMismatch: z.int().nullable(),
  /** Set if the connection was reset instead of closed. */
  reset: z.string().nullable(),
  measuredBytes: z.int(),
  /** From the end of the warm-up to the last byte. */
  measuredMicros: z.int(),
  /** Fields of struct tcp_info by the kernel's names; empty in the sum of several connections. */
  tcpInfo,
})

const sourceConnection = z.object({
  bytesSent: z.int(),
  /** The other end has closed after everything was sent. */
  closed: z.boolean(),
  failure: z.string().nullable(),
  measuredBytes: z.int(),
  /** From the end of the warm-up to the other end's close. */
  measuredMicros: z.int(),
  tcpInfo,
})

/** `perConnection` is empty for one connection, and for more than 64. */
export const sinkResult = sinkConnection.extend({
  cpuMicros: z.int(),
  shares: sharesSchema,
  perConnection: z.array(sinkConnection),
})
export const sourceResult = sourceConnection.extend({
  cpuMicros: z.int(),
  perConnection: z.array(sourceConnection),
})

export type SinkResult = z.infer<typeof sinkResult>
export type SourceResult = z.infer<typeof sourceResult>

/** `measuredBytes` of each connection follow the warm-up. Default: many. */
export function sink(
  options: EndpointOptions & { readonly measuredBytes?: number },
): PeerProgram<SinkResult> {
  return {
    file: `${paths.workloads}/bulk/sink.py`,
    argv: [...endpointArguments(options), ...given('measure', options.measuredBytes)],
    result: sinkResult,
    listens: 'listen' in options.meet,
  }
}

/** `bytes` is the length of each connection's stream, warm-up included. */
export function source(options: EndpointOptions & { readonly bytes: number }): PeerProgram<SourceResult> {
  return {
    file: `${paths.workloads}/bulk/source.py`,
    argv: [...endpointArguments(options), ...given('bytes', options.bytes)],
    result: sourceResult,
    listens: 'listen' in options.meet,
  }
}

export function endpointArguments(options: EndpointOptions): string[] {
  const { content } = options
  return [
    ...meetingArguments(options),
    ...(content === undefined
      ? []
      : 'pattern' in content
        ? given('pattern', content.pattern)
        : given('file', content.file)),
    ...given('warmup', options.warmupBytes),
    ...given('chunk', options.chunkBytes),
  ]
}
