/** HTTP at a Linux host: its own curl and wrk ask; where the node under test is Linux, too, a small server answers. */
import type { z } from 'zod'
import { given, type PeerProgram } from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import { clientSchema, serverSchema } from './task.ts'

export interface ClientOptions {
  /** As `host:port`. */
  readonly connect: string
  /** File whose first bytes are the bodies. */
  readonly pattern: string
  readonly bodyBytes: number
  readonly connections: number
  readonly settlingSeconds: number
  readonly seconds: number
  readonly timeoutSeconds: number
}

export function client(options: ClientOptions): PeerProgram<z.infer<typeof clientSchema>> {
  return {
    file: `${paths.workloads}/http/client.py`,
    argv: [
      ...given('connect', options.connect),
      ...given('pattern', options.pattern),
      ...given('body', options.bodyBytes),
      ...given('connections', options.connections),
      ...given('settle', options.settlingSeconds),
      ...given('seconds', options.seconds),
      ...given('timeout', options.timeoutSeconds),
    ],
    result: clientSchema,
    listens: false,
  }
}

export function server(options: {
  port: number
  pattern: string
}): PeerProgram<z.infer<typeof serverSchema>> {
  return {
    file: `${paths.workloads}/http/server.py`,
    argv: [...given('listen', options.port), ...given('pattern', options.pattern)],
    result: serverSchema,
    listens: true,
  }
}
