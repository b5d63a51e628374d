import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { mapIpv4 } from '../../wire/address.ts'
import { Format } from '../../wire/header.ts'
import { UpcallError } from '../actions.ts'
import { releaseNextHop } from '../link/neighbor-table.ts'
import { learnNeighbor, resolveNextHop } from '../link/neighbors.ts'
import { Core } from '../state/core.ts'
import { stateWords } from '../state/layout.ts'
import { newreno } from '../tcp/congestion/newreno.ts'
import { localAddress, peerEther, TestHost, testConfig } from '../testing/host.ts'
import { SenderInvariants } from '../testing/invariants/sender.ts'
import type { ReadableAction } from '../testing/readable.ts'
import { senderKinds } from './kinds.ts'
import { drain } from './pending.ts'

const silent = 0x0a0000c8
const alsoSilent = 0x0a0000c9
const firstPort = 33_000
const count = 50

/** 50 connections wait for one neighbor, and two for another. */
function waiting(): TestHost {
  const host = new TestHost({ connectionCount: 64 })
  for (let index = 0; index < count; index += 1) host.connect(80, firstPort + index, index, silent)
  for (let index = count; index < count + 2; index += 1)
    host.connect(80, firstPort + index, index, alsoSilent)
  return host
}

/** A router reports that the peer of connection `index` is unreachable, which ends the attempt to connect. */
function end(host: TestHost, index: number): void {
  host.frame({
    format: Format.icmpError,
    ipSource: 0x0a0000fe,
    ipDestination: localAddress,
    icmpType: 3,
    icmpCode: 1,
    quotedProtocol: 6,
    quotedSource: localAddress,
    quotedDestination: index < count ? silent : alsoSilent,
    quotedSourcePort: firstPort + index,
    quotedDestinationPort: 80,
    quotedSequence: host.tcb(index).iss,
  })
}

const range = Array.from({ length: count }, (_, index) => index)
/** The first, the last, some that follow each other in the list, and some that do not. */
const ended = [0, 7, 8, 9, 20, 30, 49]
const left = range.filter((index) => !ended.includes(index))

const synsFrom = (actions: readonly ReadableAction[]) =>
  actions.flatMap((action) => (action.action === 'segment' ? [action.sourcePort - firstPort] : []))
const failures = (actions: readonly ReadableAction[]) =>
  actions.flatMap((action) =>
    action.action === 'upcall' && action.upcall === 'connectFailed' ? [action] : [],
  )

describe('50 connections that wait for one neighbor', () => {
  it('send when it answers, those that were not ended meanwhile, in the order in which they began to wait', () => {
    const host = waiting()
    for (const index of ended) end(host, index)
    expect(synsFrom(host.learn(silent))).toEqual(left)
    expect(synsFrom(host.learn(alsoSilent))).toEqual([count, count + 1])
    expect(host.sender(1).isWaiting).toBe(0)
  })

  it('fail when it does not answer, and nobody else does', () => {
    const host = waiting()
    for (const index of ended) end(host, index)
    host.learn(alsoSilent)
    const failed = failures(host.wait(5_000_000))
    expect(failed.map(({ first }) => first)).toEqual(left)
    expect(failed.every(({ second }) => second === UpcallError.unreachable)).toBe(true)
    expect(host.counters.attemptFails).toBe(count)
  })

  it('leave no trace at their neighbor when all of them were ended', () => {
    const host = waiting()
    for (const index of range) end(host, index)
    expect(synsFrom(host.learn(silent))).toEqual([])
    // Indexes are used again, last in, first out, and the new connection waits from the start.
    host.connect(80, firstPort + 100, 100, 0x0a0000ca)
    expect(synsFrom(host.learn(0x0a0000ca))).toEqual([100])
  })
})

/** Steps with few senders and addresses; lists, marks and references have to agree after every sequence of steps. */
const deed = fc.oneof(
  fc.record({
    does: fc.constant('resolve' as const),
    sender: fc.nat(5),
    address: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ does: fc.constant('release' as const), sender: fc.nat(5) }),
  fc.record({ does: fc.constant('learn' as const), address: fc.integer({ min: 1, max: 4 }) }),
)

/** An address as the machine takes it. */
function words(address: number): [Int32Array, number] {
  return [Int32Array.from(mapIpv4(address)), 0]
}

describe('senders that turn from one neighbor to another', () => {
  it('wait for the last one that they asked for, and are told of that one only', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
        const told: number[] = []
        const kinds = {
          ...senderKinds,
          connection: {
            ...senderKinds.connection,
            resolved: (_: Core, index: number): void => void told.push(index),
          },
        }
        const state = new Int32Array(stateWords(testConfig))
        const core = new Core(testConfig, new Int32Array(256), state, new ActionQueue(256), newreno, kinds)
        core.globals.connectionsHigh = 6
        const invariants = new SenderInvariants(core)
        const known = new Set<number>()
        let waiting: { sender: number; address: number }[] = []
        for (const step of deeds) {
          if (step.does === 'learn') {
            learnNeighbor(core, ...words(step.address), ...peerEther)
            known.add(step.address)
            expect(told).toEqual(
              waiting.filter(({ address }) => address === step.address).map(({ sender }) => sender),
            )
            told.length = 0
            waiting = waiting.filter(({ address }) => address !== step.address)
          } else if (step.does === 'release') {
            releaseNextHop(core, step.sender)
            waiting = waiting.filter(({ sender }) => sender !== step.sender)
          } else {
            const { sender, address } = step
            expect(resolveNextHop(core, sender, ...words(address))).toBe(known.has(address))
            const isSame = waiting.some((entry) => entry.sender === sender && entry.address === address)
            if (!isSame) waiting = waiting.filter((entry) => entry.sender !== sender)
            if (!isSame && !known.has(address)) waiting.push({ sender, address })
          }
          drain(core)
          invariants.check()
        }
      }),
    )
  })
})
