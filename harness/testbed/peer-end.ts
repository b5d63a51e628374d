/** The other end of an exchange: a program of a Linux host, or a stack of ours with its application. */
import type { Done, Work } from '../agent/messages.ts'
import { HarnessError } from '../error.ts'
import { type PeerProgram, startProgram } from '../peers/peer-process.ts'
import type { Exchange } from '../workload/host-side.ts'
import type { AgentConnection } from './agent-connection.ts'
import type { Testbed } from './testbed.ts'

interface PeerEnded {
  /** The result; its schema belongs to the workload. */
  readonly told: unknown
  /** Undefined at a Linux host. */
  readonly done: Done | undefined
}

export interface PeerEnd {
  /** Settles when it waits for connections; at once if it opens them itself. Rejects with `ended`. */
  readonly ready: Promise<void>
  /** Rejects with HarnessError if it failed. */
  readonly ended: Promise<PeerEnded>
  kill(): void
}

/** `work` is the task of a stack; undefined if the peer is Linux and runs the exchange's program. */
export async function startPeer(
  testbed: Testbed,
  { peer: program, listens }: Pick<Exchange, 'peer' | 'listens'>,
  work: Work | undefined,
): Promise<PeerEnd> {
  if (work === undefined) {
    const { ready, result, kill } = await startProgram(testbed.peer, programOf(program))
    const ended = result.then((told) => ({ told, done: undefined }))
    // A failure rejects `ready`, too. A caller may get no further than that: then `ended` must not reject unhandled.
    ended.catch(() => {})
    return { ready, ended, kill }
  }
  const { peerAgent } = testbed
  if (peerAgent !== undefined) return startStack(peerAgent, work, listens === 'peer')
  throw new HarnessError(
    `Topology "${testbed.deployment.topology.id}" has no stack at its other end.`,
    'Use tap-pair in the cells with this peer.',
  )
}

/** A specification that lets no Linux host be an end of its exchanges refuses such cells. */
export function programOf(program: PeerProgram | undefined): PeerProgram {
  if (program !== undefined) return program
  throw new HarnessError('This workload has no program for a Linux host.', 'Report this defect.')
}

function startStack(agent: AgentConnection, work: Work, listens: boolean): PeerEnd {
  const listening = Promise.withResolvers<void>()
  if (!listens) listening.resolve()
  const ended = agent.work(work, listening.resolve).then((done) => ({ told: done.told, done }))
  ended.catch(listening.reject)
  // A failure rejects both promises. A caller may await only `ended`: then `ready` must not reject unhandled.
  listening.promise.catch(() => {})
  // Nothing to kill: after a failure the whole topology is deployed again.
  return { ready: listening.promise, ended, kill: () => {} }
}
