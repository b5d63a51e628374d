/**
 * Where everything is in a replica's state: one flat buffer of 32-bit words.
 *
 *   globals │ neighbors │ listeners │ TIME-WAIT table │ tuple hash │ UDP sockets │ datagrams that wait │ composites │
 *   senders │ timer heap │ TCBs │ segment rings, one per TCB
 *
 * Invariant: the layout depends on the configuration alone, so that equal replicas have equal buffers.
 */

import type { MachineConfig } from '../config.ts'
import { numberSenders, type SenderNumbers } from '../senders/numbering.ts'
import { compositeCount, compositeWords, messageRoom, messageWindow } from './composites.ts'
import { datagramSocketRecord, waitingDatagramCount, waitingDatagramRecord } from './datagrams.ts'
import { globalRecord } from './globals.ts'
import { senderRecord } from './sender.ts'
import { segmentRecord } from './sent-segment.ts'
import { listenerRecord, neighborCount, neighborRecord, timeWaitRecord } from './tables.ts'
import { tcbRecord } from './tcb.ts'

export interface Layout {
  readonly globals: number
  readonly neighbors: number
  readonly listeners: number
  readonly timeWait: number
  readonly hash: number
  /** A power of two, at least twice the entries that it can hold. */
  readonly hashWords: number
  readonly datagramSockets: number
  readonly waitingDatagrams: number
  readonly composites: number
  /** Words of one composite with its rings. */
  readonly compositeWords: number
  /** Bytes of a buffer that a composite's message takes, and how many messages a buffer holds; powers of two. */
  readonly messageRoom: number
  readonly messageWindow: number
  readonly senders: number
  /** Number of the first sender of each kind. */
  readonly firstSender: SenderNumbers['first']
  readonly senderCount: number
  /** The heap of senders with a deadline: one word each. */
  readonly timers: number
  readonly connections: number
  readonly segments: number
  /** Words of one connection's ring. */
  readonly ringWords: number
  readonly words: number
}

export function planLayout(config: MachineConfig): Layout {
  const globals = 0
  const neighbors = globals + globalRecord.words
  const listeners = neighbors + neighborCount(config) * neighborRecord.words
  const timeWait = listeners + config.listenerCount * listenerRecord.words
  const hash = timeWait + config.timeWaitCount * timeWaitRecord.words
  let hashWords = 4
  while (hashWords < 2 * (config.connectionCount + config.timeWaitCount)) hashWords *= 2
  const datagramSockets = hash + hashWords
  const waitingDatagrams = datagramSockets + config.datagramSocketCount * datagramSocketRecord.words
  const composites = waitingDatagrams + waitingDatagramCount(config) * waitingDatagramRecord.words
  const senders = composites + compositeCount(config) * compositeWords(config)
  const { first: firstSender, count: senderCount } = numberSenders(config)
  const timers = senders + senderCount * senderRecord.words
  const connections = timers + senderCount
  const segments = connections + config.connectionCount * tcbRecord.words
  const ringWords = config.segmentCount * segmentRecord.words
  const words = segments + config.connectionCount * ringWords
  return {
    globals,
    neighbors,
    listeners,
    timeWait,
    hash,
    hashWords,
    datagramSockets,
    waitingDatagrams,
    composites,
    compositeWords: compositeWords(config),
    messageRoom: messageRoom(config),
    messageWindow: messageWindow(config),
    senders,
    firstSender,
    senderCount,
    timers,
    connections,
    segments,
    ringWords,
    words,
  }
}

/** Words of state that a machine of this configuration needs. */
export function stateWords(config: MachineConfig): number {
  return planLayout(config).words
}
