import { describe, expect, it } from 'vitest'
import { Channel } from '../channel/channel.ts'
import { ActionQueue } from '../contract/action-queue.ts'
import { type Domain, noDeadline } from '../contract/domain.ts'
import { SlotWord } from '../contract/slot.ts'
import { type Region, RegionPlan } from '../memory/region.ts'
import { initialiseFramework, planFramework } from '../replica/framework-layout.ts'
import { openReplica } from '../replica/open-replica.ts'
import { Auditor, type AuditReport } from './auditor.ts'

const stride = 4
const period = 4

/** A sum of all arguments, and `cheat` of whatever else a test's domain knows; emits more than its queue holds. */
class SummingDomain implements Domain {
  readonly actions = new ActionQueue(2)
  readonly state = new Int32Array(2)
  readonly #words: Int32Array
  readonly #cheat: () => number
  #pending = 0

  constructor({ words }: Region, cheat: () => number) {
    this.#words = words
    this.#cheat = cheat
  }

  needsCheck(): boolean {
    return false
  }

  check(): number {
    return 1
  }

  apply(slot: number): void {
    this.#add(this.#words[slot + SlotWord.arguments] as number)
    this.#add(this.#cheat())
    this.#pending = 5
    this.resume()
  }

  hasMore(): boolean {
    return this.#pending > 0
  }

  resume(): void {
    for (; this.#pending > 0 && !this.actions.isFull; this.#pending -= 1) {
      this.actions.push(1, this.state[1] as number)
      this.state[1] = ((this.state[1] as number) + 1) | 0
    }
  }

  perform(): boolean {
    return true
  }

  microsUntilDeadline(): number {
    return noDeadline
  }

  digest(): number {
    return (this.state[0] as number) ^ ((this.state[1] as number) << 20)
  }

  copyState(target: Int32Array): void {
    target.set(this.state)
  }

  #add(value: number): void {
    this.state[0] = (Math.imul(this.state[0] as number, 31) + value) | 0
  }
}

/** Runs one replica with a witness over `requests` requests; each of the two knows what its own `cheat` returns. */
function run(requests: number, makeCheat: () => () => number, firstIndex = 0): AuditReport {
  const plan = new RegionPlan()
  const layout = planFramework(plan, {
    replicas: 1,
    slotCount: 16,
    slotBytes: 512,
    outboxCount: 2,
    mailboxes: [],
    claimCount: 64,
    digestEntries: 64,
    digestStride: stride,
  })
  const region = plan.allocate()
  initialiseFramework(region, layout, { index: firstIndex })
  const channel = new Channel(region, layout.channel, 0)
  const auditor = new Auditor(region, layout.digests, layout.channel)
  const domain = new SummingDomain(region, makeCheat())
  const witness = new SummingDomain(region, makeCheat())
  const replica = openReplica(region, layout, {
    id: 0,
    domain,
    channel,
    nowMicros: () => 0,
    witness: { domain: witness, state: witness.state, period },
  })
  for (let k = 0; k < requests; k++) {
    channel.tryAcquireProducer()
    channel.freeSlots()
    region.words[channel.slotAhead(0) + SlotWord.arguments] = k
    channel.publish(1)
    channel.releaseProducer()
    replica.doWork()
    if (k % 5 === 0) auditor.audit()
  }
  replica.recordFinalDigest()
  return auditor.finish()
}

const honest = () => () => 0

describe.each([0, -10, 0x7ffffff9])('the witness of a replica that starts at index %i', (firstIndex) => {
  it('is compared at the end of every fourth stride, from the first on', () => {
    const report = run(39 * stride, honest, firstIndex)
    expect(report).toMatchObject({ divergences: 0, missed: 0 })
    expect(report.digestsCompared).toBe(10)
  })

  it('is compared at the end, if that comes while it follows', () => {
    expect(run(1, honest, firstIndex)).toMatchObject({ digestsCompared: 1, divergences: 0 })
    expect(run(0, honest, firstIndex)).toMatchObject({ digestsCompared: 1, divergences: 0 })
  })
})

describe('a domain that is no function of state and slot', () => {
  it('is found out when it keeps state outside the buffer', () => {
    const hidden = () => {
      let applied = 0
      return () => applied++
    }
    const report = run(39 * stride, hidden)
    // Up to the first mark both have applied the same, and the hidden states agree.
    expect(report).toMatchObject({ digestsCompared: 10, divergences: 9 })
    expect(report.firstDivergence).toMatchObject({ replica: 1, reference: 0, index: 5 * stride - 1 })
  })

  it('is found out when it looks at a clock', () => {
    let now = 0
    const clock = () => () => now++
    expect(run(39 * stride, clock)).toMatchObject({ digestsCompared: 10, divergences: 10 })
  })
})
