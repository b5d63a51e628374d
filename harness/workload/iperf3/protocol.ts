/**
 * iperf3's control protocol, as versions 3.1 and later speak it: states of one byte, and JSON behind its length in
 * four bytes. Whatever comes from the other end is hostile: every number has bounds, and what is not supported is
 * refused. Pure.
 *
 *     client                                        server
 *     cookie ─────────────────────────────────────►
 *            ◄───────────────────────────────────── PARAM_EXCHANGE
 *     JSON: parameters ───────────────────────────►
 *            ◄───────────────────────────────────── CREATE_STREAMS
 *     cookie on a connection for each stream ─────►
 *            ◄───────────────────────────────────── TEST_START, TEST_RUNNING
 *     TEST_END ───────────────────────────────────►
 *            ◄───────────────────────────────────── EXCHANGE_RESULTS
 *     JSON: results ──────────────────────────────►
 *            ◄───────────────────────────────────── JSON: results, DISPLAY_RESULTS
 *     IPERF_DONE ─────────────────────────────────►
 */
import { z } from 'zod'

export const State = {
  testStart: 1,
  testRunning: 2,
  testEnd: 4,
  paramExchange: 9,
  createStreams: 10,
  exchangeResults: 13,
  displayResults: 14,
  iperfDone: 16,
  accessDenied: -1,
  serverError: -2,
} as const

/** 36 characters and a NUL. */
export const cookieBytes = 37
export const parametersLimitBytes = 8192
export const resultsLimitBytes = 65_536
/** Of one test. */
export const streamsLimit = 64

/** Error codes of iperf3, which its client turns into words. */
const ErrorCode = { omit: 12, notImplemented: 13, receivedParameters: 114, receivedResults: 117 } as const

/** An option is not what our end can do. `code` is for the client. */
export class Refusal extends Error {
  readonly code: number

  constructor(message: string, code: number = ErrorCode.notImplemented) {
    super(message)
    this.code = code
  }
}

const absent = z.literal([false, 0]).optional()

const parametersSchema = z.looseObject({
  tcp: z.literal(true),
  bidirectional: absent,
  omit: absent,
  num: z.int().nonnegative().default(0),
  blockcount: z
    .int()
    .nonnegative()
    .max(2 ** 32)
    .default(0),
  parallel: z.int().min(1).max(streamsLimit),
  len: z
    .int()
    .min(1)
    .max(2 ** 20)
    .default(131_072),
  reverse: z.boolean().default(false),
  bandwidth: z.int().nonnegative().default(0),
})

export interface Parameters {
  readonly streams: number
  /** Of each write of the client. */
  readonly blockBytes: number
  /** Our end sends. */
  readonly reverse: boolean
  /** What all streams carry together; 0: until the client says that the test is over. */
  readonly totalBytes: number
}

/** Throws Refusal. */
export function parseParameters(json: unknown): Parameters {
  const result = parametersSchema.safeParse(json)
  if (!result.success) {
    const field = String(result.error.issues[0]?.path[0] ?? '')
    throw new Refusal(`parameter ${field} is not supported`, field === 'omit' ? ErrorCode.omit : undefined)
  }
  const { num, blockcount, parallel, len, reverse, bandwidth } = result.data
  if (reverse && bandwidth > 0) throw new Refusal('a limit of the rate is not supported where we send')
  return {
    streams: parallel,
    blockBytes: len,
    reverse,
    totalBytes: num > 0 ? num : blockcount * len,
  }
}

const resultsSchema = z.looseObject({
  streams: z
    .array(z.looseObject({ id: z.int().positive(), bytes: z.int().nonnegative() }))
    .min(1)
    .max(streamsLimit),
})

/** Bytes that the client has sent or received on each stream, by the stream's number. Throws Refusal. */
export function parseResults(json: unknown, streams: number): number[] {
  const result = resultsSchema.safeParse(json)
  if (!result.success) throw new Refusal('the results are no results', ErrorCode.receivedResults)
  const byId = new Map(result.data.streams.map(({ id, bytes }) => [id, bytes]))
  return Array.from({ length: streams }, (_, number) => {
    const bytes = byId.get(streamId(number))
    if (bytes === undefined) throw new Refusal(`the results lack stream ${number}`, ErrorCode.receivedResults)
    return bytes
  })
}

export interface StreamResult {
  readonly bytes: number
  readonly seconds: number
}

/** What our end tells. Of what a stream retransmitted nothing is known: the stack counts for all of its connections. */
export function resultsOf(
  streams: readonly StreamResult[],
  { isSender, userPercent, systemPercent }: { isSender: boolean; userPercent: number; systemPercent: number },
): object {
  return {
    cpu_util_total: userPercent + systemPercent,
    cpu_util_user: userPercent,
    cpu_util_system: systemPercent,
    sender_has_retransmits: isSender ? 0 : -1,
    streams: streams.map(({ bytes, seconds }, number) => ({
      id: streamId(number),
      bytes,
      retransmits: -1,
      jitter: 0,
      errors: 0,
      packets: 0,
      start_time: 0,
      end_time: seconds,
    })),
  }
}

/** iperf3 numbers its streams 1, 3, 4, 5, … */
function streamId(number: number): number {
  return number === 0 ? 1 : number + 2
}

export function frameJson(value: object): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(value))
  const frame = new Uint8Array(4 + text.length)
  new DataView(frame.buffer).setUint32(0, text.length)
  frame.set(text, 4)
  return frame
}
