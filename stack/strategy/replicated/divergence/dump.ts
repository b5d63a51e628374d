/**
 * Describes a divergence for people: the requests between the last equal digests and the first that differ, and how the
 * states of the two replicas differ, by name. Called once the replicas' threads ended, by the application's.
 *
 * Requests come from the channel's log if the stack was recorded, else from the ring, which holds the last of
 * them only.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DigestWord, digestTable } from '../../../dominoes/audit/digest-board.ts'
import { Channel } from '../../../dominoes/channel/channel.ts'
import { SlotWord } from '../../../dominoes/contract/slot.ts'
import { type DescribedRequest, describeRequest, formatRequest } from '../../../protocol/describe-request.ts'
import {
  describeDifferences,
  formatDifference,
  type StateDifference,
} from '../../../protocol/state/describe.ts'
import { type StackLayout, stateOf } from '../../layout/stack-layout.ts'
import { readLoggedRequests } from '../../replay/logged-requests.ts'
import type { DivergedStack } from '../../strategy.ts'
import { judgeByLog } from './judge.ts'

/** What a description is made from. */
export type DescribedStack = Pick<DivergedStack, 'region' | 'layout' | 'parameters' | 'divergence'>

export interface DivergenceDump {
  /** One sentence. */
  readonly summary: string
  readonly replica: number
  readonly reference: number
  readonly digest: number
  readonly referenceDigest: number
  /** Requests before this index went into digests that were equal. */
  readonly fromIndex: number
  /** Index after the last request that went into the digests that differ. */
  readonly untilIndex: number
  /** Where each replica is now, by its number: the index of the next request. */
  readonly positions: readonly number[]
  /** A note on the differences: whether the two states are of the same index. */
  readonly statesNote: string
  /** Which of the two the log agrees with; empty if there is none. */
  readonly judgement: string
  /** Words that the digest covers come first. Values are the reference's, then the replica's. */
  readonly differences: readonly StateDifference[]
  readonly requestsNote: string
  readonly requests: readonly DescribedRequest[]
}

/** Most requests in a description. */
const requestLimit = 4096

export function describeDivergence(stack: DescribedStack): DivergenceDump {
  const { layout, divergence } = stack
  const { replica, reference, digest, referenceDigest } = divergence
  const untilIndex = (divergence.index + 1) | 0
  const fromIndex = lastEqualMark(layout.framework.digests.stride, untilIndex)
  const states = compareStates(stack)
  const [first] = states.differences
  const range = `requests ${fromIndex} to ${divergence.index}`
  const what = first === undefined ? states.statesNote : formatDifference(first)
  return {
    summary: `Replicas diverged: ${nameOf(layout, replica)} differs from replica ${reference} by ${range}. ${what}`,
    replica,
    reference,
    digest,
    referenceDigest,
    fromIndex,
    untilIndex,
    positions: Array.from({ length: layout.replicas }, (_, id) => positionOf(stack, id)),
    ...states,
    judgement: judge(stack),
    ...findRequests(stack, fromIndex, untilIndex),
  }
}

/** Writes a dump as JSON and as text; returns the path of the text. */
export function writeDump(dump: DivergenceDump, directory = tmpdir()): string {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, `divergence-${process.pid}-${dump.untilIndex >>> 0}`)
  writeFileSync(`${path}.json`, `${JSON.stringify(dump, null, 2)}\n`)
  writeFileSync(`${path}.txt`, formatDump(dump))
  return `${path}.txt`
}

export function formatDump(dump: DivergenceDump): string {
  const lines = (items: readonly string[]): string => items.map((item) => `  ${item}\n`).join('')
  return `${dump.summary}

Digests after request ${dump.untilIndex - 1}: ${dump.referenceDigest} (replica ${dump.reference}), ${dump.digest} (replica ${dump.replica}).
Next request of each replica: ${dump.positions.join(', ')}.

Differences of state, replica ${dump.reference} then replica ${dump.replica}. ${dump.statesNote}
${lines(dump.differences.map(formatDifference))}
${dump.judgement}
Requests ${dump.fromIndex} to ${dump.untilIndex - 1}. ${dump.requestsNote}
${lines(dump.requests.map(formatRequest))}`
}

/** The mark before this one; a final digest may lie between two. */
function lastEqualMark(stride: number, mark: number): number {
  return stride === 0 ? 0 : ((mark - 1) & -stride) | 0
}

function nameOf(layout: StackLayout, replica: number): string {
  return replica < layout.replicas ? `replica ${replica}` : 'the witness'
}

function compareStates(stack: DescribedStack): Pick<DivergenceDump, 'statesNote' | 'differences'> {
  const { region, layout, parameters, divergence } = stack
  const { replica, reference } = divergence
  if (replica >= layout.replicas && !layout.isWitnessed) {
    return { statesNote: 'There is no second state to compare.', differences: [] }
  }
  const positions = [positionOf(stack, reference), positionOf(stack, replica)] as const
  const isSameIndex =
    positions[0] === positions[1] && isFinished(stack, reference) && isFinished(stack, replica)
  const differences = describeDifferences(
    parameters.machine,
    stateOf(region, layout, reference),
    stateOf(region, layout, replica),
  )
  const statesNote = isSameIndex
    ? `Both are before request ${positions[0]}, so each is a consequence of the divergence.`
    : 'The states are not of the same index, so some differ for that alone.'
  return { statesNote, differences }
}

/** Of a replica that ended, where it ended. The witness stands where its replica does. */
function positionOf({ region, layout }: DescribedStack, replica: number): number {
  const { channel, digests } = layout.framework
  const table = digestTable(digests, replica)
  if (Atomics.load(region.words, table + DigestWord.finished) !== 0) {
    return Atomics.load(region.words, table + DigestWord.finalMark)
  }
  return replica < layout.replicas ? new Channel(region, channel, replica).positionOf(replica) : -1
}

function isFinished({ region, layout }: DescribedStack, replica: number): boolean {
  const table = digestTable(layout.framework.digests, replica)
  return Atomics.load(region.words, table + DigestWord.finished) !== 0
}

function judge({ parameters, divergence }: DescribedStack): string {
  const { recordPath } = parameters
  if (recordPath === undefined) return ''
  try {
    return judgeByLog(recordPath, divergence)
  } catch (error) {
    return `The log did not help to judge: ${error instanceof Error ? error.message : error}`
  }
}

function findRequests(
  stack: DescribedStack,
  fromIndex: number,
  untilIndex: number,
): Pick<DivergenceDump, 'requestsNote' | 'requests'> {
  const wanted = (untilIndex - fromIndex) | 0
  const count = Math.min(wanted, requestLimit)
  const from = (untilIndex - count) | 0
  const { recordPath } = stack.parameters
  let obstacle = ''
  if (recordPath !== undefined) {
    try {
      const { requests } = readLoggedRequests(recordPath, from, count)
      return { requests, requestsNote: `${requests.length} of ${wanted} are in ${recordPath}.` }
    } catch (error) {
      obstacle = `The log did not help: ${error instanceof Error ? error.message : error}. `
    }
  }
  const requests = readRing(stack, from, untilIndex)
  return { requests, requestsNote: `${obstacle}${requests.length} of ${wanted} are still in the ring.` }
}

function readRing({ region, layout }: DescribedStack, from: number, until: number): DescribedRequest[] {
  const { words } = region
  const channel = new Channel(region, layout.framework.channel, layout.replicas)
  const requests: DescribedRequest[] = []
  for (let index = from; index !== until; index = (index + 1) | 0) {
    const slot = channel.slotOf(index)
    if (!channel.holds(slot, index)) continue
    const view = {
      words,
      kindAt: slot + SlotWord.kind,
      verdictAt: slot + SlotWord.verdict,
      argumentsAt: slot + SlotWord.arguments,
      headAt: slot + SlotWord.head,
    }
    requests.push(describeRequest(view, index))
  }
  return requests
}
