/** Runs one exchange between our stack and the Linux peer: whoever listens first, then the other, both watched. */
import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Done, Work } from '../agent/messages.ts'
import { type RunningProgram, startProgram } from '../peers/peer-process.ts'
import type { SampleContext } from '../runner/sampler.ts'
import { socketSnapshot } from '../topology/counters.ts'
import { paths } from '../topology/node.ts'
import type { Exchange, Observation } from '../workload/host-side.ts'
import type { AgentConnection } from './agent-connection.ts'
import { observe } from './observe.ts'
import type { Testbed } from './testbed.ts'

/** In the directory that the containers share. */
const dumpsName = 'dumps'
export const dumpDirectory = `${paths.shared}/${dumpsName}`

export interface Exchanged {
  readonly done: Done
  readonly peer: unknown
  readonly seen: Observation
}

/** Throws HarnessError with the reason if either end failed; what is known of it is in the sample's log then. */
export async function runExchange(
  testbed: Testbed,
  agent: AgentConnection,
  { listens, peer }: Exchange,
  work: Work,
  context: SampleContext,
): Promise<Exchanged> {
  context.recordCommand(['work', JSON.stringify(work)])
  let program: RunningProgram<unknown> | undefined
  const startPeer = async () => {
    program = await startProgram(testbed.peer, peer)
    return program
  }
  const [[done, told], seen] = await observe(testbed, async () => {
    try {
      if (listens === 'stack') return await callStack(agent, work, startPeer)
      const waiting = await startPeer()
      await waiting.ready
      // Together: a peer that dies must not leave us waiting for a task that cannot end.
      return await Promise.all([agent.work(work), waiting.result])
    } catch (error) {
      context.log(await socketSnapshot(testbed.peer).catch(() => ''))
      await keepDumps(testbed, context)
      await program?.kill()
      throw error
    }
  })
  context.log(JSON.stringify({ done, peer: told, seen }, null, 2))
  return { done, peer: told, seen }
}

/** The peer's program begins once the stack's side listens. */
async function callStack(
  agent: AgentConnection,
  work: Work,
  startPeer: () => Promise<RunningProgram<unknown>>,
): Promise<[Done, unknown]> {
  const listening = Promise.withResolvers<void>()
  const done = agent.work(work, listening.resolve)
  // Whatever fails first is the reason.
  await Promise.race([listening.promise, done])
  const calling = await startPeer()
  return await Promise.all([done, calling.result])
}

/** What a stack wrote about replicas that differ goes beside the sample's log. */
async function keepDumps(testbed: Testbed, context: SampleContext): Promise<void> {
  const from = join(testbed.directory, dumpsName)
  if (!existsSync(from)) return
  await cp(from, `${context.logPath}.dumps`, { recursive: true })
  await rm(from, { recursive: true })
  context.log(`The replicas that differed are described in ${context.logPath}.dumps.`)
}
