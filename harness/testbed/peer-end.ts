/** The other end of an exchange: a program of a Linux host, or a stack of ours with its application. */
import type { Done, Work } from '../agent/messages.ts'
import { HarnessError } from '../error.ts'
import { type PeerProgram, startProgram } from '../peers/peer-process.ts'
import type { AgentConnection } from './agent-connection.ts'
import type { Testbed } from './testbed.ts'

interface PeerEnded {
  /** In the workload's words. */
  readonly told: unknown
  /** Undefined at a Linux host. */
  readonly done: Done | undefined
}

export interface PeerEnd {
  /** Settles when it waits for connections; at once if it opens them itself. Rejects with `ended`. */
  readonly ready: Promise<void>
  /** Rejects with HarnessError if it failed. */
  readonly ended: Promise<PeerEnded>
  kill(): Promise<void>
}

/** `work`: of a stack; undefined where the peer is Linux and runs the program. */
export async function startPeer(
  testbed: Testbed,
  program: PeerProgram,
  work: Work | undefined,
): Promise<PeerEnd> {
  if (work === undefined) {
    const { ready, result, kill } = await startProgram(testbed.peer, program)
    return { ready, ended: result.then((told) => ({ told, done: undefined })), kill }
  }
  const { peerAgent } = testbed
  if (peerAgent !== undefined) return startStack(peerAgent, work, program.listens)
  throw new HarnessError(
    `Topology "${testbed.deployment.topology.id}" has no stack at its other end.`,
    'Use tap-pair in the cells with this peer.',
  )
}

function startStack(agent: AgentConnection, work: Work, listens: boolean): PeerEnd {
  const listening = Promise.withResolvers<void>()
  if (!listens) listening.resolve()
  const ended = agent.work(work, listening.resolve).then((done) => ({ told: done.told, done }))
  ended.catch(listening.reject)
  // Whoever does not wait for one of the two still learns of a failure from the other.
  listening.promise.catch(() => {})
  // After a failure the whole topology is made anew.
  return { ready: listening.promise, ended, kill: async () => {} }
}
