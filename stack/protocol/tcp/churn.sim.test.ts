/**
 * Connections that come and go at random, with wrong requests and stray frames among them: no request may
 * bring the machine out of step with its shadow, and when everything is over nothing is left behind.
 */
import { describe, expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { ActionQueue, actionWords } from '../../dominoes/contract/action-queue.ts'
import { noDeadline } from '../../dominoes/contract/domain.ts'
import { SlotWord, slotHeadWords } from '../../dominoes/contract/slot.ts'
import { Format, HeaderWord, OptionBit, TcpFlag, Verdict } from '../../wire/header.ts'
import { Action, SegmentWord, Upcall, UpcallWord } from '../actions.ts'
import { createMachine, stateWords } from '../machine.ts'
import { ListenArgument, Request, StreamArgument } from '../requests.ts'
import { planLayout } from '../state/layout.ts'
import { listenerRecord } from '../state/tables.ts'
import { tcbRecord } from '../state/tcb.ts'
import { localAddress, localEther, peerAddress, peerEther, testConfig } from '../testing/host.ts'

const config = { ...testConfig, connectionCount: 4, timeWaitCount: 3, segmentCount: 8, sendBufferBytes: 4096 }
const steps = 4000
const kinds = [
  Request.listen,
  Request.unlisten,
  Request.connect,
  Request.accept,
  Request.send,
  Request.read,
  Request.close,
]
const endings = [Request.abort, Request.release]

class Churn {
  readonly words = new Int32Array(SlotWord.head + slotHeadWords)
  readonly states = [new Int32Array(stateWords(config)), new Int32Array(stateWords(config))] as const
  readonly queues = [new ActionQueue(64), new ActionQueue(64)] as const
  readonly machines = this.queues.map((queue, index) =>
    createMachine(config, this.words, this.states[index] as Int32Array, queue),
  )
  readonly random: Random
  /** Ids that the application holds. */
  readonly ids: number[] = []
  /** Those that wait to be freed. */
  readonly drained: number[] = []
  /** The last segments that were sent, for the peer to answer. */
  readonly sent: Int32Array[] = []
  now = 0
  opened = 0
  closed = 0

  constructor(seed: number) {
    this.random = new Random(seed)
  }

  step(): void {
    const { random, words } = this
    this.now += random.chance(0.02) ? random.below(30_000_000) : random.below(2000)
    words[SlotWord.random] = random.next()
    const choice = random.below(10)
    if (choice < 3) this.call()
    else if (choice < 4) this.apply(Request.tick)
    else this.frame()
  }

  apply(kind: number): void {
    const { words, machines, queues } = this
    words[SlotWord.kind] = kind
    words[SlotWord.time] = this.now | 0
    for (const machine of machines) machine.apply(0)
    for (;;) {
      const [first, second] = queues
      if (first.count !== second.count) throw new Error('action counts differ')
      for (let at = 0; at < first.count * actionWords; at += actionWords) {
        this.perform(first.words.slice(at, at + actionWords))
      }
      for (const queue of queues) queue.clear()
      if (!machines[0]?.hasMore()) break
      for (const machine of machines) machine.resume()
    }
    if (machines[0]?.digestAll() !== machines[1]?.digestAll()) throw new Error('digests differ')
  }

  /** Stops listening, ends and releases everything, and waits for what nobody answers to give up. */
  endAll(): void {
    const { words, ids } = this
    for (const port of [5000, 5001]) {
      words[SlotWord.arguments + ListenArgument.port] = port
      this.apply(Request.unlisten)
    }
    this.pass(3_000_000_000)
    for (const id of ids) {
      words[SlotWord.arguments + StreamArgument.connection] = id
      this.apply(Request.abort)
      this.apply(Request.release)
    }
    while (this.drained.length > 0) this.free()
  }

  /** What is not free: indexes of connections, tuples that are no TIME-WAIT entries, who waits at listeners. */
  left(): number[] {
    const layout = planLayout(config)
    const state = this.states[0]
    const held: number[] = []
    for (let index = 0; index < config.connectionCount; index += 1) {
      const tcb = tcbRecord.read(state, layout.connections + index * tcbRecord.words)
      if (tcb.state !== 0 || tcb.flags !== 0) held.push(index)
    }
    const tuples = state.subarray(layout.hash, layout.hash + layout.hashWords)
    const waiting = Array.from({ length: config.listenerCount }, (_, index) => {
      const { halfOpen, unaccepted } = listenerRecord.read(
        state,
        layout.listeners + index * listenerRecord.words,
      )
      return halfOpen + unaccepted
    })
    return [...held, ...tuples.filter((entry) => entry > 0), ...waiting.filter((count) => count !== 0)]
  }

  private pass(micros: number): void {
    const end = this.now + micros
    for (;;) {
      const due = this.machines[0]?.microsUntilDeadline(this.now | 0) ?? noDeadline
      if (this.now + due > end) return
      this.now += due
      this.apply(Request.tick)
    }
  }

  private perform(action: Int32Array): void {
    const kind = action[0]
    if (kind === Action.sendSegment) {
      this.sent.push(action)
      if (this.sent.length > 4) this.sent.shift()
    } else if (kind === Action.upcall) {
      const upcall = action[UpcallWord.upcallKind]
      if (upcall === Upcall.accepted || upcall === Upcall.connected) {
        this.ids.push(action[UpcallWord.connection] as number)
        this.opened += 1
      } else if (upcall === Upcall.closed) {
        this.closed += 1
      } else if (upcall === Upcall.drained) {
        this.drained.push(action[UpcallWord.connection] as number)
      }
    }
  }

  private call(): void {
    const { random, words, ids } = this
    const kind = (random.chance(0.2) ? endings : kinds)[random.below(kinds.length)] ?? Request.release
    const chosen = random.below(Math.max(1, ids.length))
    const first = SlotWord.arguments
    const isStray = random.chance(0.1)
    words[first] = isStray ? random.next() : (ids[chosen] ?? 0)
    words[first + 1] = kind === Request.connect ? peerAddress : random.below(5000)
    words[first + 2] = kind === Request.connect ? 80 : 4
    words[first + 3] = random.chance(0.5) ? 0 : 33_000 + random.below(4)
    if (kind === Request.listen || kind === Request.unlisten) words[first + 1] = 5000 + random.below(2)
    if (kind === Request.release && !isStray) ids.splice(chosen, 1)
    words[first + 2] = kind === Request.release ? random.below(3000) : (words[first + 2] as number)
    this.apply(kind)
    if (random.chance(0.5)) this.free()
  }

  /** All threads are done with one that is drained. */
  private free(): void {
    const id = this.drained.shift()
    if (id === undefined) return
    this.words[SlotWord.arguments + StreamArgument.connection] = id
    this.apply(Request.free)
  }

  /** Mostly an answer to something that was sent, with a few fields bent. */
  private frame(): void {
    const { random, words, sent } = this
    words.fill(0, SlotWord.head)
    const head = SlotWord.head
    const set = (word: number, value: number): void => {
      words[head + word] = value
    }
    const answered = random.chance(0.1) ? undefined : sent[random.below(Math.max(1, sent.length))]
    set(HeaderWord.format, random.chance(0.03) ? random.below(6) : Format.tcp)
    set(HeaderWord.etherSourceHigh, peerEther[0])
    set(HeaderWord.etherSourceLow, peerEther[1])
    set(HeaderWord.etherDestinationHigh, localEther[0])
    set(HeaderWord.etherDestinationLow, localEther[1])
    set(HeaderWord.ipSource, peerAddress)
    set(HeaderWord.ipDestination, localAddress)
    set(HeaderWord.sourcePort, answered?.[SegmentWord.destinationPort] ?? 40_000 + random.below(4))
    set(HeaderWord.destinationPort, answered?.[SegmentWord.sourcePort] ?? 5000 + random.below(2))
    const bend = (): number => (random.chance(0.15) ? random.below(4000) - 2000 : 0)
    if (answered === undefined) {
      set(HeaderWord.sequence, random.next())
      set(HeaderWord.flags, TcpFlag.syn)
    } else {
      this.answer(answered, set, bend)
    }
    set(HeaderWord.window, random.below(3) * 1000)
    set(HeaderWord.payloadLength, random.chance(0.5) ? random.below(1500) : 0)
    words[SlotWord.verdict] = random.chance(0.02) ? Verdict.malformed : Verdict.accepted
    this.apply(Request.frame)
  }

  /** A segment that fits after the one that was sent: its flags are likely ones, its numbers nearly right. */
  private answer(sent: Int32Array, set: (word: number, value: number) => void, bend: () => number): void {
    const { random } = this
    const flags = sent[SegmentWord.flags] as number
    const isSyn = (flags & TcpFlag.syn) !== 0
    const counted = (flags & (TcpFlag.syn | TcpFlag.fin)) !== 0 ? 1 : 0
    const end = (sent[SegmentWord.sequence] as number) + (sent[SegmentWord.payloadLength] as number) + counted
    const isFirst = isSyn && (flags & TcpFlag.ack) === 0
    set(
      HeaderWord.sequence,
      isFirst ? random.next() : ((sent[SegmentWord.acknowledgment] as number) + bend()) | 0,
    )
    set(HeaderWord.acknowledgment, (end + bend()) | 0)
    const likely = isFirst ? TcpFlag.syn | TcpFlag.ack : TcpFlag.ack
    const odd = random.chance(0.1) ? random.below(64) : random.chance(0.1) ? TcpFlag.fin : 0
    set(HeaderWord.flags, likely | odd)
    // The handshake agrees on SACK and window scaling, not on timestamps.
    set(HeaderWord.options, isFirst ? OptionBit.sackPermitted | OptionBit.windowScale : 0)
    if (random.chance(0.2)) {
      set(HeaderWord.sackCount, 1)
      set(HeaderWord.sackBlocks, (end + random.below(2000)) | 0)
      set(HeaderWord.sackBlocks + 1, (end + 2000 + random.below(2000)) | 0)
    }
  }
}

describe('connections that come and go', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keep the machine in step with its shadow (seed %i)', (seed) => {
    const churn = new Churn(seed)
    for (let step = 0; step < steps; step += 1) churn.step()
    // The walk is worth nothing if it never gets anywhere.
    expect(churn.opened).toBeGreaterThan(20)
    expect(churn.closed).toBeGreaterThan(20)
    churn.endAll()
    expect(churn.left()).toEqual([])
  })
})
