/** The iperf3 of a Linux host, unmodified: as the client, and as the server where the node under test is Linux, too. */
import type { z } from 'zod'
import { given, type PeerProgram } from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import { clientSchema, serverSchema } from './task.ts'

export interface ClientOptions {
  /** As `host:port`. */
  readonly connect: string
  readonly settlingBytes: number
  readonly bytes: number
  readonly connections: number
  /** The server sends. */
  readonly reverse: boolean
  /** File whose bytes, repeated, the server sends; undefined: iperf3's repeating payload. */
  readonly pattern: string | undefined
  readonly timeoutSeconds: number
}

export function client(options: ClientOptions): PeerProgram<z.infer<typeof clientSchema>> {
  return {
    file: `${paths.workloads}/iperf3/client.py`,
    argv: [
      ...given('connect', options.connect),
      ...given('settle', options.settlingBytes),
      ...given('bytes', options.bytes),
      ...given('connections', options.connections),
      ...given('pattern', options.pattern),
      ...given('timeout', options.timeoutSeconds),
      ...(options.reverse ? ['--reverse'] : []),
    ],
    result: clientSchema,
    listens: false,
  }
}

export interface ServerOptions {
  readonly port: number
  readonly tests: number
  /** Compare what is received. */
  readonly compares: boolean
}

export function server(options: ServerOptions): PeerProgram<z.infer<typeof serverSchema>> {
  return {
    file: `${paths.workloads}/iperf3/server.py`,
    argv: [
      ...given('listen', options.port),
      ...given('tests', options.tests),
      ...(options.compares ? ['--compare'] : []),
    ],
    result: serverSchema,
    listens: true,
  }
}
