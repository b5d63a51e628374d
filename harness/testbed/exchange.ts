/** Runs one exchange between our stack and its peer: starts the end that listens, then the other, and observes both. */
import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Done, Work } from '../agent/messages.ts'
import type { SampleContext } from '../runner/sampler.ts'
import { socketSnapshot } from '../topology/counters.ts'
import { paths } from '../topology/node.ts'
import type { Exchange, Observation } from '../workload/host-side.ts'
import type { AgentConnection } from './agent-connection.ts'
import { startBeside } from './beside.ts'
import { inTime } from './in-time.ts'
import { observe } from './observe.ts'
import { type PeerEnd, startPeer } from './peer-end.ts'
import type { Testbed } from './testbed.ts'

/** In the directory that the containers share. */
const dumpsName = 'dumps'
export const dumpDirectory = `${paths.shared}/${dumpsName}`

export interface Exchanged {
  readonly done: Done
  /** The result of the peer's program. */
  readonly peer: unknown
  /** What a stack at the other end did; undefined if the peer is Linux. */
  readonly peerDone: Done | undefined
  /** The results of the programs at other hosts. */
  readonly beside: readonly unknown[]
  readonly seen: Observation
}

/** The task of each end; `peer` is undefined if the peer is Linux, which runs the exchange's program. */
export interface BothWork {
  readonly stack: Work
  readonly peer: Work | undefined
}

type BothEnded = [Done, Awaited<PeerEnd['ended']>]

/** Throws HarnessError with the reason if either end failed; details are then in the sample's log. */
export async function runExchange(
  testbed: Testbed,
  agent: AgentConnection,
  exchange: Exchange,
  work: BothWork,
  context: SampleContext,
): Promise<Exchanged> {
  for (const each of [work.stack, work.peer])
    if (each !== undefined) context.recordCommand(['work', JSON.stringify(each)])
  // Outside of what is observed: to start a process takes more of the processors than many an exchange.
  await agent.prepare(work.stack)
  if (work.peer !== undefined) await testbed.peerAgent?.prepare(work.peer)
  context.log('processes are ready')
  const beside = await startBeside(testbed, exchange.beside ?? [])
  let peer: PeerEnd | undefined
  const start = async () => {
    peer = await startPeer(testbed, exchange, work.peer)
    return peer
  }
  const [[done, ended], seen] = await observe(testbed, async () => {
    try {
      const ends = exchange.listens === 'stack' ? callStack : callPeer
      return await inTime(exchange, ends(agent, work.stack, start))
    } catch (error) {
      context.log(await socketSnapshot(testbed.peer).catch(() => ''))
      await keepDumps(testbed, context)
      peer?.kill()
      beside.kill()
      throw error
    }
  })
  const besides = await beside.finish()
  if (work.peer !== undefined) await Promise.all([agent.rest(), testbed.peerAgent?.rest()])
  context.log(JSON.stringify({ done, peer: ended, beside: besides, seen }, null, 2))
  return { done, peer: ended.told, peerDone: ended.done, beside: besides, seen }
}

/** The stack's side begins once the peer listens. */
async function callPeer(
  agent: AgentConnection,
  work: Work,
  start: () => Promise<PeerEnd>,
): Promise<BothEnded> {
  const waiting = await start()
  await waiting.ready
  // Awaited together: if the peer dies, the stack's task may never end.
  return await Promise.all([agent.work(work), waiting.ended])
}

/** The peer begins once the stack's side listens. */
async function callStack(
  agent: AgentConnection,
  work: Work,
  start: () => Promise<PeerEnd>,
): Promise<BothEnded> {
  const listening = Promise.withResolvers<void>()
  const done = agent.work(work, listening.resolve)
  // Rejects with the reason if the task fails before it listens.
  await Promise.race([listening.promise, done])
  const calling = await start()
  return await Promise.all([done, calling.ended])
}

/** Moves what a stack wrote about replicas that differ to a place beside the sample's log. */
async function keepDumps(testbed: Testbed, context: SampleContext): Promise<void> {
  const from = join(testbed.directory, dumpsName)
  if (!existsSync(from)) return
  await cp(from, `${context.logPath}.dumps`, { recursive: true })
  await rm(from, { recursive: true })
  context.log(`The replicas that differed are described in ${context.logPath}.dumps.`)
}
