/**
 * One machine with a slot to put requests in: what a strategy does around a replica, in its simplest form.
 * Every method applies one request and returns the actions that came of it, in order.
 */

import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { SlotWord, slotHeadWords } from '../../dominoes/contract/slot.ts'
import { mapIpv4, writeIpv4Mapped } from '../../wire/address.ts'
import { Format, HeaderWord, headerAddresses, Verdict } from '../../wire/header.ts'
import type { MachineConfig } from '../config.ts'
import { createMachine, type Machine, stateWords } from '../machine.ts'
import { ConnectArgument, ListenArgument, Request, StreamArgument } from '../requests.ts'
import { type Globals, globalRecord } from '../state/globals.ts'
import { planLayout } from '../state/layout.ts'
import { senderRecord } from '../state/sender.ts'
import { tcbRecord } from '../state/tcb.ts'
import { aimSequence } from './aim-sequence.ts'
import { Invariants } from './invariants/invariants.ts'
import { type ReadableAction, readActions } from './readable.ts'

/** Argument words of a mapped address. */
function addressWordsAt(at: number, address: number): Record<number, number> {
  return Object.fromEntries(mapIpv4(address).map((word, k) => [at + k, word]))
}

/** Fields by name; an address is the number of an IPv4 address. */
export type Head = Partial<Record<Exclude<keyof typeof HeaderWord, 'held'>, number>> & {
  readonly sack?: readonly number[]
  readonly held?: readonly number[]
}

export const localAddress = 0x0a000001
export const peerAddress = 0x0a000002
export const gatewayAddress = 0x0a0000fe
export const localEther = [0x0200, 0x00000001] as const
export const peerEther = [0x0200, 0x00000002] as const

export const testConfig: MachineConfig = {
  address: localAddress,
  prefixLength: 24,
  gateway: gatewayAddress,
  etherHigh: localEther[0],
  etherLow: localEther[1],
  mtuBytes: 1500,
  connectionCount: 8,
  timeWaitCount: 4,
  listenerCount: 4,
  datagramSocketCount: 4,
  segmentCount: 256,
  sendBufferBytes: 1 << 18,
  receiveBufferBytes: 1 << 18,
  congestionControl: 'cubic',
  minimumRtoMicros: 200_000,
  delayedAckMicros: 40_000,
  reorderingFloorMicros: 1_000,
  timeWaitMicros: 60_000_000,
  secret: [0x0d03, 0x17e5],
}

const slotWords = SlotWord.head + slotHeadWords

export class TestHost {
  readonly config: MachineConfig
  readonly machine: Machine
  readonly state: Int32Array
  readonly actions: ActionQueue
  readonly words = new Int32Array(slotWords)
  readonly counters: Globals
  /** Time stamp of the next request, in microseconds. */
  now = 1_000_000
  /** Random bits of the next request. */
  random = 0
  /** How often a request needed `resume`. */
  resumes = 0
  /** Checked after every request; undefined once a test has overwritten the state. */
  invariants: Invariants | undefined

  constructor(config: Partial<MachineConfig> = {}, queueCapacity = 256) {
    this.config = { ...testConfig, ...config }
    this.state = new Int32Array(stateWords(this.config))
    this.actions = new ActionQueue(queueCapacity)
    this.machine = createMachine(this.config, this.words, this.state, this.actions)
    this.counters = globalRecord.cursor(this.state, planLayout(this.config).globals)
    this.invariants = new Invariants(this.config, this.state)
  }

  /** The TCB of connection `index`, as a plain object. */
  tcb(index: number): Record<keyof typeof tcbRecord.offsets, number> {
    return tcbRecord.read(this.state, planLayout(this.config).connections + index * tcbRecord.words)
  }

  /** The record of sender `index`, as a plain object; a connection's sender has the connection's index. */
  sender(index: number): Record<keyof typeof senderRecord.offsets, number> {
    return senderRecord.read(this.state, planLayout(this.config).senders + index * senderRecord.words)
  }

  /**
   * Overwrites one field of a TCB, for a state that a test cannot reach in reasonable time. Invariants are not
   * checked after.
   */
  poke(index: number, field: keyof typeof tcbRecord.offsets, value: number): void {
    this.invariants = undefined
    const at = planLayout(this.config).connections + index * tcbRecord.words
    this.state[at + tcbRecord.offsets[field]] = value
  }

  /** The next connection of this tuple begins with `iss`, if the next request opens it. */
  aimSequence(iss: number, remoteAddress: number, remotePort: number, localPort: number): void {
    aimSequence(this.config, this.state, this.now, iss, [remoteAddress, remotePort, localPort])
  }

  frame(head: Head, verdict: number = Verdict.accepted): ReadableAction[] {
    const { words } = this
    words.fill(0, SlotWord.head)
    words[SlotWord.head + HeaderWord.etherDestinationHigh] = this.config.etherHigh
    words[SlotWord.head + HeaderWord.etherDestinationLow] = this.config.etherLow
    for (const [name, value] of Object.entries(head)) {
      if (name === 'sack' || name === 'held') continue
      const at = SlotWord.head + HeaderWord[name as keyof typeof HeaderWord]
      if (headerAddresses.has(name)) writeIpv4Mapped(words, at, value as number)
      else words[at] = value as number
    }
    words.set(head.held ?? [], SlotWord.head + HeaderWord.held)
    const sack = head.sack ?? []
    if (sack.length > 0) {
      words[SlotWord.head + HeaderWord.sackCount] = sack.length / 2
      words.set(sack, SlotWord.head + HeaderWord.sackBlocks)
    }
    words[SlotWord.verdict] = verdict
    return this.apply(Request.frame)
  }

  tick(): ReadableAction[] {
    return this.apply(Request.tick)
  }

  listen(port: number, backlog = 8, cookie = 7): ReadableAction[] {
    return this.call(Request.listen, {
      [ListenArgument.cookie]: cookie,
      [ListenArgument.port]: port,
      [ListenArgument.backlog]: backlog,
    })
  }

  unlisten(port: number): ReadableAction[] {
    return this.call(Request.unlisten, { [ListenArgument.port]: port })
  }

  connect(remotePort: number, localPort = 0, cookie = 9, remoteAddress = peerAddress): ReadableAction[] {
    return this.call(Request.connect, {
      [ConnectArgument.cookie]: cookie,
      ...addressWordsAt(ConnectArgument.remoteAddress, remoteAddress),
      [ConnectArgument.remotePort]: remotePort,
      [ConnectArgument.localPort]: localPort,
    })
  }

  send(connection: number, position: number): ReadableAction[] {
    return this.stream(Request.send, connection, position)
  }

  read(connection: number, position: number): ReadableAction[] {
    return this.stream(Request.read, connection, position)
  }

  close(connection: number, position = 0): ReadableAction[] {
    return this.stream(Request.close, connection, position)
  }

  abort(connection: number): ReadableAction[] {
    return this.stream(Request.abort, connection)
  }

  release(connection: number, position = 0, consumed = 0): ReadableAction[] {
    return this.call(Request.release, [connection, position, consumed])
  }

  accept(connection: number): ReadableAction[] {
    return this.stream(Request.accept, connection)
  }

  free(connection: number): ReadableAction[] {
    return this.stream(Request.free, connection)
  }

  /** The peer's answer to an ARP request, by which its hardware address becomes known. */
  learn(address = peerAddress, ether: readonly [number, number] = peerEther): ReadableAction[] {
    return this.frame({
      format: Format.arp,
      etherSourceHigh: ether[0],
      etherSourceLow: ether[1],
      ipSource: address,
      ipDestination: localAddress,
      arpOperation: 2,
    })
  }

  /** Lets `micros` pass, ticking whenever the machine asks for it. */
  wait(micros: number): ReadableAction[] {
    const end = this.now + micros
    const list: ReadableAction[] = []
    for (;;) {
      const due = this.machine.microsUntilDeadline(this.now | 0)
      if (this.now + due > end) break
      this.now += due
      list.push(...this.tick())
    }
    this.now = end
    return list
  }

  /** Any request of the application, by its arguments in their order. */
  request(kind: number, values: readonly number[]): ReadableAction[] {
    return this.call(kind, values)
  }

  private stream(kind: number, connection: number, position = 0): ReadableAction[] {
    return this.call(kind, { [StreamArgument.connection]: connection, [StreamArgument.position]: position })
  }

  private call(kind: number, values: Readonly<Record<number, number>> | readonly number[]): ReadableAction[] {
    for (const [word, value] of Object.entries(values)) this.words[SlotWord.arguments + Number(word)] = value
    return this.apply(kind)
  }

  private apply(kind: number): ReadableAction[] {
    this.words[SlotWord.kind] = kind
    this.words[SlotWord.time] = this.now | 0
    this.words[SlotWord.random] = this.random
    this.machine.apply(0)
    const list = readActions(this.actions)
    this.actions.clear()
    while (this.machine.hasMore()) {
      this.resumes += 1
      this.machine.resume()
      if (this.actions.count === 0) throw new Error('hasMore, and resume emitted nothing')
      list.push(...readActions(this.actions))
      this.actions.clear()
    }
    this.invariants?.check()
    return list
  }
}
