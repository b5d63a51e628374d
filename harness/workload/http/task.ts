/** What the host side asks of the server on the stack, and the results of both ends. */
import { z } from 'zod'
import { histogramSchema } from '../../measure/histogram.ts'

const count = z.int().nonnegative()

export const taskSchema = z.strictObject({
  port: z.int().min(1).max(65_535),
  /** How long the client will ask, for whoever watches the progress. */
  seconds: z.number().positive(),
  timeoutSeconds: z.number().positive(),
  /** File whose first bytes are the bodies. */
  patternPath: z.string(),
})

/** The server's responses whose last byte it handed over. */
export const serverSchema = z.strictObject({ answered: count })

export const clientSchema = z.strictObject({
  /** By curl, before and after: files, connections, and the bytes of all files. */
  downloads: z.strictObject({
    files: count,
    connections: count,
    sizes: count,
    received: count,
    verified: count,
  }),
  /** By wrk, in all of its runs: responses, those with the right body, and what went wrong. */
  responses: count,
  verified: count,
  errors: count,
  /** Of the last run. */
  transactions: count,
  measuredMicros: z.number().positive(),
  bytesRead: count,
  /** Head and body of one response, as curl received it. */
  responseBytes: z.int().positive(),
  latencyTicks: histogramSchema,
})

export type HttpTask = z.infer<typeof taskSchema>
export type HttpServerTold = z.infer<typeof serverSchema>
