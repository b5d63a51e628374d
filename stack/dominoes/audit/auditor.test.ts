import { describe, expect, it } from 'vitest'
import { Channel } from '../channel/channel.ts'
import { initialiseChannel, planChannel } from '../channel/channel-layout.ts'
import { RegionPlan } from '../memory/region.ts'
import { Auditor } from './auditor.ts'
import { DigestWriter, initialiseDigests, planDigests, startDigests } from './digest-board.ts'

const stride = 4
const entries = 8

/** Three replicas that start at an index with a mark just after it; `mark(k)` is the k-th mark. */
function open(first: number, replicas = 3) {
  const plan = new RegionPlan()
  const channelLayout = planChannel(plan, { replicas, slotCount: 4, slotBytes: 512 })
  const layout = planDigests(plan, replicas, entries, stride)
  const region = plan.allocate()
  initialiseChannel(region, channelLayout, first, 0)
  initialiseDigests(region, layout, first)
  const mark = (k: number) => ((first & -stride) + (k + 1) * stride) | 0
  const writers = Array.from({ length: replicas }, (_, id) => new DigestWriter(region, layout, id))
  return {
    auditor: new Auditor(region, layout, channelLayout),
    channel: new Channel(region, channelLayout, 0),
    restart: (replica: number, index: number) => startDigests(region, layout, replica, index),
    mark,
    record: (replica: number, k: number, digest = k) => writers[replica]?.record(mark(k), digest),
    recordFinal: (replica: number, position: number, digest: number) =>
      writers[replica]?.recordFinal(position, digest),
    isDue: (position: number) => writers[0]?.isDue(position),
  }
}

describe.each([0, -5, -4, 0x7ffffffd, -0x80000000])('an audit that starts at index %i', (first) => {
  it('compares each mark exactly once, as soon as all replicas recorded it', () => {
    const { auditor, record } = open(first)
    record(0, 0)
    record(0, 1)
    record(1, 0)
    expect(auditor.audit()).toBe(0)
    record(2, 0)
    expect(auditor.audit()).toBe(1)
    expect(auditor.audit()).toBe(0)
    record(1, 1)
    record(2, 1)
    auditor.audit()
    expect(auditor.report()).toEqual({
      digestsCompared: 4,
      divergences: 0,
      missed: 0,
      firstDivergence: undefined,
    })
  })

  it('goes on through many laps of the tables', () => {
    const { auditor, record } = open(first)
    for (let k = 0; k < 5 * entries; k++) {
      for (const replica of [2, 0, 1]) record(replica, k)
      auditor.audit()
    }
    expect(auditor.report()).toMatchObject({ digestsCompared: 10 * entries, divergences: 0, missed: 0 })
  })

  it('reports the first divergence and counts all', () => {
    const { auditor, record, mark } = open(first)
    for (let k = 0; k < 4; k++) {
      record(0, k)
      record(1, k, k < 2 ? k : 77)
      record(2, k, k < 3 ? k : 88)
    }
    expect(auditor.finish()).toMatchObject({
      digestsCompared: 8,
      divergences: 3,
      firstDivergence: {
        index: (mark(2) - 1) | 0,
        replica: 1,
        reference: 0,
        digest: 77,
        referenceDigest: 2,
      },
    })
  })

  it('counts as missed what was overwritten before it was read', () => {
    const { auditor, record } = open(first, 2)
    for (let k = 0; k < entries + 3; k++) record(0, k)
    for (let k = 0; k < entries; k++) record(1, k)
    auditor.audit()
    expect(auditor.report()).toMatchObject({ digestsCompared: entries - 3, missed: 3 })
  })

  it('marks the positions at which a digest is due', () => {
    const { isDue, mark } = open(first)
    expect([isDue((mark(0) - 1) | 0), isDue(mark(0)), isDue((mark(0) + 1) | 0), isDue(mark(1))]).toEqual([
      false,
      true,
      false,
      true,
    ])
  })
})

describe('replicas that come and go', () => {
  it('are not waited for once they were removed, but compared up to their last mark', () => {
    const { auditor, channel, record } = open(0)
    for (const replica of [0, 1, 2]) record(replica, 0)
    for (const replica of [0, 1]) for (let k = 1; k < 4; k++) record(replica, k)
    expect(auditor.audit()).toBe(1)
    channel.remove(2)
    expect(auditor.audit()).toBe(3)
    expect(auditor.report()).toMatchObject({ digestsCompared: 2 + 3, divergences: 0 })
  })

  it('are compared from where they joined', () => {
    const { auditor, channel, record, restart, mark } = open(0, 2)
    channel.remove(1)
    for (let k = 0; k < 3; k++) record(0, k)
    expect(auditor.audit()).toBe(3)
    restart(1, mark(3))
    channel.tryAcquireProducer()
    channel.join(1, 0)
    for (let k = 3; k < 6; k++) record(0, k)
    expect(auditor.audit()).toBe(1)
    record(1, 4)
    record(1, 5, 99)
    auditor.audit()
    expect(auditor.report()).toMatchObject({ digestsCompared: 2, divergences: 1, missed: 0 })
  })
})

describe('final digests', () => {
  it('are compared at equal positions, once', () => {
    const { auditor, recordFinal } = open(0)
    recordFinal(0, 9, 5)
    recordFinal(1, 9, 5)
    recordFinal(2, 9, 6)
    auditor.finish()
    expect(auditor.finish()).toMatchObject({
      digestsCompared: 2,
      divergences: 1,
      missed: 0,
      firstDivergence: { index: 8, replica: 2 },
    })
  })

  it('are missed where replicas ended at unequal positions or not at all', () => {
    const { auditor, recordFinal } = open(0)
    recordFinal(0, 9, 5)
    recordFinal(1, 8, 5)
    expect(auditor.finish()).toMatchObject({ digestsCompared: 0, divergences: 0, missed: 2 })
  })
})
