/**
 * Measures what a request costs and shows that none allocates. Prints nanoseconds per apply, and garbage collections
 * per million of them, for the paths that carry data:
 * `node --trace-gc stack/protocol/machine.bench.ts`.
 */

import { PerformanceObserver } from 'node:perf_hooks'
import { ActionQueue, actionWords } from '../dominoes/contract/action-queue.ts'
import { SlotWord, slotHeadWords } from '../dominoes/contract/slot.ts'
import { tuneCompiler } from '../strategy/running/compiler.ts'
import { writeIpv4Mapped } from '../wire/address.ts'
import { Format, HeaderWord, OptionBit, TcpFlag, Verdict } from '../wire/header.ts'
import { Action, SegmentWord, Upcall, UpcallWord } from './actions.ts'
import { createMachine, type Machine, stateWords } from './machine.ts'
import { ListenArgument, Request, StreamArgument } from './requests.ts'
import { aimSequence } from './testing/aim-sequence.ts'
import { localAddress, peerAddress, peerEther, testConfig } from './testing/host.ts'

const port = 5001
const connection = 1 << 16
const segmentBytes = 1448
const roundTripMicros = 200
const warmUp = 300_000
const measured = 1_000_000
const batchCount = 100

const config = { ...testConfig, segmentCount: 4096, sendBufferBytes: 1 << 22, receiveBufferBytes: 1 << 22 }

let collections = 0
new PerformanceObserver((list) => {
  collections += list.getEntries().length
}).observe({ entryTypes: ['gc'] })

// The compiler's settings of a stack's threads.
tuneCompiler()

/** A machine with one established connection, and the slot that requests are put in. */
class Bench {
  readonly words = new Int32Array(new SharedArrayBuffer(4 * (SlotWord.head + slotHeadWords)))
  readonly actions = new ActionQueue(512)
  readonly machine: Machine
  emitted = 0
  now = 1000
  peerSequence = 5000
  ownSequence = 0

  constructor() {
    const { words } = this
    const state = new Int32Array(stateWords(config))
    // The connection begins at sequence number 0.
    aimSequence(config, state, this.now, 0, [peerAddress, 40000, port])
    this.machine = createMachine(config, words, state, this.actions)
    words[SlotWord.head + HeaderWord.format] = Format.arp
    words[SlotWord.head + HeaderWord.arpOperation] = 1
    this.setHead(HeaderWord.etherSourceHigh, peerEther[0])
    this.setHead(HeaderWord.etherSourceLow, peerEther[1])
    writeIpv4Mapped(words, SlotWord.head + HeaderWord.ipSource, peerAddress)
    writeIpv4Mapped(words, SlotWord.head + HeaderWord.ipDestination, localAddress)
    this.aimAtMachine()
    words[SlotWord.verdict] = Verdict.accepted
    this.apply(Request.frame)
    words[SlotWord.arguments + ListenArgument.port] = port
    words[SlotWord.arguments + ListenArgument.backlog] = 1
    this.apply(Request.listen)
    words.fill(0, SlotWord.head)
    this.aimAtMachine()
    this.setHead(HeaderWord.format, Format.tcp)
    writeIpv4Mapped(words, SlotWord.head + HeaderWord.ipSource, peerAddress)
    writeIpv4Mapped(words, SlotWord.head + HeaderWord.ipDestination, localAddress)
    this.setHead(HeaderWord.sourcePort, 40000)
    this.setHead(HeaderWord.destinationPort, port)
    this.setHead(HeaderWord.options, 15)
    this.setHead(HeaderWord.maximumSegment, 1460)
    this.setHead(HeaderWord.windowScale, 7)
    this.setHead(HeaderWord.window, 65535)
    this.segment(TcpFlag.syn, 0, 0)
    this.peerSequence += 1
    this.setHead(HeaderWord.options, OptionBit.timestamps)
    this.ownSequence = 1
    this.segment(TcpFlag.ack, 0, 1)
    if (this.actions.words[UpcallWord.upcall] !== Upcall.accepted) throw new Error('no connection')
  }

  aimAtMachine(): void {
    this.setHead(HeaderWord.etherDestinationHigh, config.etherHigh)
    this.setHead(HeaderWord.etherDestinationLow, config.etherLow)
  }

  setHead(word: number, value: number): void {
    this.words[SlotWord.head + word] = value
  }

  segment(flags: number, payloadLength: number, acknowledgment: number): void {
    this.setHead(HeaderWord.flags, flags)
    this.setHead(HeaderWord.sequence, this.peerSequence)
    this.setHead(HeaderWord.acknowledgment, acknowledgment)
    this.setHead(HeaderWord.payloadLength, payloadLength)
    this.setHead(HeaderWord.timestampValue, (this.now / 1000) | 0)
    this.setHead(HeaderWord.timestampEcho, 0)
    this.apply(Request.frame)
  }

  stream(kind: number, position: number): void {
    this.words[SlotWord.arguments + StreamArgument.connection] = connection
    this.words[SlotWord.arguments + StreamArgument.position] = position
    this.apply(kind)
  }

  /** The sequence number after the last segment that the last request emitted; 0 if there was none. */
  lastSent(): number {
    const { actions } = this
    for (let at = (actions.count - 1) * actionWords; at >= 0; at -= actionWords) {
      if (actions.words[at] !== Action.sendSegment) continue
      const length = actions.words[at + SegmentWord.payloadLength] as number
      if (length > 0) return ((actions.words[at + SegmentWord.sequence] as number) + length) | 0
    }
    return 0
  }

  private apply(kind: number): void {
    this.words[SlotWord.kind] = kind
    this.words[SlotWord.time] = this.now
    this.actions.clear()
    this.machine.apply(0)
    this.emitted += this.actions.count
  }
}

/** Bulk send: every ACK covers two segments and lets two more go. */
function sendStep(bench: Bench): void {
  const acknowledgment = (bench.ownSequence + 2 * segmentBytes) | 0
  bench.ownSequence = acknowledgment
  bench.segment(TcpFlag.ack, 0, acknowledgment)
  bench.now = (bench.now + roundTripMicros / 40) | 0
}

/** Bulk receive: full segments in order, all read at once. */
function receiveStep(bench: Bench): void {
  bench.segment(TcpFlag.ack, segmentBytes, 1)
  bench.peerSequence = (bench.peerSequence + segmentBytes) | 0
  bench.now = (bench.now + 5) | 0
}

/** Takes the fastest of many batches: other work on the machine only makes a batch slower. */
function measure(name: string, bench: Bench, step: (index: number) => void): void {
  let index = 0
  for (; index < warmUp; index += 1) step(index)
  bench.emitted = 0
  const collectionsBefore = collections
  let fastest = Number.POSITIVE_INFINITY
  for (let batch = 0; batch < batchCount; batch += 1) {
    const start = process.hrtime.bigint()
    for (const end = index + measured / batchCount; index < end; index += 1) step(index)
    fastest = Math.min(fastest, Number(process.hrtime.bigint() - start) / (measured / batchCount))
  }
  // The observer gets collections from the event loop, so they are counted after a turn of it.
  setImmediate(() => {
    const perMillion = ((collections - collectionsBefore) * 1e6) / measured
    const emitted = (bench.emitted / measured).toFixed(2)
    console.log(
      `${name}: ${fastest.toFixed(0)} ns, ${emitted} actions, ${perMillion} collections per million`,
    )
  })
}

const sender = new Bench()
let queued = 0
measure('bulk send, an ACK and two segments', sender, (index) => {
  // A send request for every 32 ACKs keeps the buffer filled, as an application would.
  if (index % 32 === 0) {
    queued = ((sender.ownSequence - 1) | 0) + (1 << 21)
    sender.stream(Request.send, queued | 0)
  }
  sendStep(sender)
})

const receiver = new Bench()
measure('bulk receive, a full segment', receiver, (index) => {
  receiveStep(receiver)
  if (index % 32 === 31) receiver.stream(Request.read, (receiver.peerSequence - 5001) | 0)
})

const hashed = new Bench()
measure('digest of one connection', hashed, () => {
  hashed.machine.digest()
})

/**
 * The first segment of a long flight is lost. The SACK block behind the hole grows by two segments with each ACK;
 * when the flight is over, the hole is filled. The cost of an ACK must not depend on how much is in flight.
 */
const holed = new Bench()
const flightSegments = 2000
let flightQueued = 0
let sacked = 0
measure('a SACK that grows behind a hole, up to 2000 segments in flight', holed, () => {
  if (sacked === 0) {
    flightQueued = (flightQueued + flightSegments * segmentBytes) | 0
    holed.stream(Request.send, flightQueued)
  }
  sacked += 2
  holed.now = (holed.now + 2) | 0
  const isOver = sacked >= flightSegments
  holed.setHead(HeaderWord.sackCount, isOver ? 0 : 1)
  holed.setHead(HeaderWord.sackBlocks, (holed.ownSequence + segmentBytes) | 0)
  holed.setHead(HeaderWord.sackBlocks + 1, (holed.ownSequence + sacked * segmentBytes) | 0)
  if (isOver) {
    holed.ownSequence = (holed.ownSequence + flightSegments * segmentBytes) | 0
    sacked = 0
  }
  holed.segment(TcpFlag.ack, 0, holed.ownSequence)
})
