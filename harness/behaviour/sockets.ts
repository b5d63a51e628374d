/** The view that a Linux peer's kernel has of the connection while it lasts: what `ss -ti` shows. */
import { z } from 'zod'
import type { PeerProgram } from '../peers/peer-process.ts'
import { given } from '../peers/peer-process.ts'
import type { PeerView } from '../result/behaviour.ts'
import { paths } from '../topology/node.ts'

const looksSchema = z.object({ looks: z.array(z.object({ micros: z.number(), shown: z.string() })) })

export type SocketLooks = z.infer<typeof looksSchema>

/** `port`: of the end that listens. The program looks until it is stopped. */
export function watchSockets(port: number): PeerProgram<SocketLooks> {
  return {
    file: `${paths.peerPrograms}/watch_sockets.py`,
    argv: given('port', port),
    result: looksSchema,
    // So that it is not stopped before it can be.
    listens: true,
  }
}

/**
 * The looks at the connection to this port of the stack, times from the first of them on. `told` is the program's result.
 * Throws ZodError if it is none.
 */
export function socketsOf(told: unknown, stackPort: number): PeerView['sockets'] {
  const { looks } = looksSchema.parse(told)
  const own = looks.flatMap(({ micros, shown }) => {
    const line = shown.split('\n').find((each) => hasPort(each, stackPort))
    return line === undefined ? [] : [{ micros, values: numbersIn(line) }]
  })
  const begun = own[0]?.micros ?? 0
  return own.map(({ micros, values }) => ({ micros: micros - begun, values }))
}

/** A line begins: state, bytes in both queues, own address, the other's, each with its port. */
function hasPort(line: string, port: number): boolean {
  const [, , , own, other] = line.trim().split(/\s+/)
  return own?.endsWith(`:${port}`) === true || other?.endsWith(`:${port}`) === true
}

/**
 * The numbers that `ss` shows by name: `cwnd:10`, `rtt:0.512/0.03` (the first of two is the value), `unacked:4`,
 * `retrans:0/3` (now and in all: the second), `delivery_rate 231Mbps` (in bits per second).
 */
function numbersIn(line: string): Record<string, number> {
  const values: Record<string, number> = {}
  for (const [, name, first, second] of line.matchAll(
    /\b([a-z_]+):(\d+(?:\.\d+)?)(?:[/,](\d+(?:\.\d+)?))?/g,
  )) {
    if (name === undefined || name === 'wscale') continue
    values[name] = Number(name === 'retrans' ? (second ?? first) : first)
  }
  for (const [, name, number, prefix] of line.matchAll(/\b([a-z_]*rate|send) (\d+(?:\.\d+)?)([KMG]?)bps/g)) {
    if (name !== undefined) values[name] = Number(number) * { '': 1, K: 1e3, M: 1e6, G: 1e9 }[prefix as '']
  }
  return values
}
