import { describe, expect, test } from 'vitest'
import { Channel } from '../../dominoes/channel/channel.ts'
import { type ChannelLayout, planChannel } from '../../dominoes/channel/channel-layout.ts'
import { ActionQueue, ActionWord, actionWords } from '../../dominoes/contract/action-queue.ts'
import { type Domain, noDeadline } from '../../dominoes/contract/domain.ts'
import { Counters, planCounters } from '../../dominoes/memory/counters.ts'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import { EmittedActions } from './emitted-actions.ts'
import { Pipe } from './pipe.ts'
import { type PipeLayout, PipeWord, planPipe, TransmitterWord } from './pipeline-layout.ts'
import { TransmitterStage } from './transmitter-stage.ts'

/** Performs by noting the number, unless it is told to wait at a number. */
class NotingDomain implements Domain {
  readonly actions: ActionQueue
  readonly done: number[] = []
  waitsAt: number | undefined

  constructor(words: Int32Array) {
    this.actions = new ActionQueue(1, words)
  }

  perform(action: number): boolean {
    const number = this.actions.words[action + ActionWord.number] as number
    if (number === this.waitsAt) return false
    this.done.push(number)
    return true
  }

  needsCheck = () => false
  check = () => 1
  apply() {}
  hasMore = () => false
  resume() {}
  microsUntilDeadline = () => noDeadline
  digest = () => 0
  copyState() {}
}

function openPipeline(transmitters: number) {
  const plan = new RegionPlan()
  const channelLayout: ChannelLayout = planChannel(plan, { replicas: 1, slotCount: 64, slotBytes: 512 })
  const layout: PipeLayout = planPipe(plan, transmitters)
  const countersLayout = planCounters(plan, transmitters)
  const region = plan.allocate()
  const { words } = region
  const pipe = new Pipe(words, layout, channelLayout)
  const emitted = new EmittedActions(region, layout, pipe)
  const { progress } = new Channel(region, channelLayout, 0)
  const saysAt = pipe.transmitterAt(0)
  const domains = Array.from({ length: transmitters }, () => new NotingDomain(words))
  const stages = domains.map((domain, transmitter) => {
    const counters = new Counters(region, countersLayout, transmitter)
    return new TransmitterStage({ words, pipe, layout, transmitter, domain, counters, progress })
  })
  /** Applies requests, each emitting as many actions, numbered on. */
  let number = 0
  let request = 0
  const apply = (requests: number, actions: number) => {
    for (let k = 0; k < requests; k++) {
      emitted.begin(request, 0)
      for (let each = 0; each < actions; each++) emitted.push(1, number++)
      emitted.publish()
      request += 1
      pipe.store(PipeWord.applied, request)
    }
  }
  return { pipe, emitted, domains, stages, apply, progress, words, saysAt }
}

const upTo = (count: number) => Array.from({ length: count }, (_, k) => k)

describe('transmitters of a pipeline', () => {
  test('perform every action once, whoever claims it', () => {
    const { domains, stages, apply } = openPipeline(3)
    apply(10, 7)
    while (stages.some((stage) => stage.doWork() > 0));
    const done = domains.flatMap((domain) => domain.done)
    expect(done.sort((a, b) => a - b)).toEqual(upTo(70))
    expect(stages.every((stage) => stage.isIdle)).toBe(true)
  })

  test('go on past one that is held up with what it claimed, and no further back than that', () => {
    const { domains, stages, apply } = openPipeline(2)
    const [slow, quick] = domains as [NotingDomain, NotingDomain]
    slow.waitsAt = 1
    apply(8, 2)
    expect(stages[0]?.doWork()).toBe(1)
    expect(stages[1]?.doWork()).toBe(12)
    expect(slow.done).toEqual([0])
    expect(quick.done).toEqual(upTo(16).slice(4))
    slow.waitsAt = undefined
    expect(stages[0]?.doWork()).toBe(3)
    expect(slow.done).toEqual([0, 1, 2, 3])
  })

  test('a request has passed once its actions, and all before them, are done', () => {
    const { pipe, domains, stages, apply } = openPipeline(2)
    const [slow] = domains as [NotingDomain, NotingDomain]
    slow.waitsAt = 2
    apply(6, 2)
    expect(pipe.hasPassed(0)).toBe(false)
    stages[0]?.doWork()
    stages[1]?.doWork()
    // Request 1 emitted the action that waits.
    expect(pipe.hasPassed(0)).toBe(true)
    expect(pipe.hasPassed(1)).toBe(false)
    expect(pipe.hasPassed(5)).toBe(false)
    slow.waitsAt = undefined
    stages[0]?.doWork()
    expect(pipe.hasPassed(5)).toBe(true)
    expect(pipe.hasPassed(6)).toBe(false)
  })

  test('what is not claimed yet has not passed', () => {
    const { pipe, apply, stages } = openPipeline(1)
    apply(1, 0)
    expect(pipe.hasPassed(0)).toBe(true)
    apply(1, 1)
    expect(pipe.hasPassed(1)).toBe(false)
    stages[0]?.doWork()
    expect(pipe.hasPassed(1)).toBe(true)
  })

  test('the ring is full while the oldest action in it is not done, however many later ones are', () => {
    const { emitted, domains, stages, apply } = openPipeline(2)
    const [slow] = domains as [NotingDomain, NotingDomain]
    slow.waitsAt = 0
    apply(24, 8)
    stages[0]?.doWork()
    while (stages[1]?.doWork());
    expect(emitted.isFull).toBe(true)
    slow.waitsAt = undefined
    stages[0]?.doWork()
    expect(emitted.isFull).toBe(false)
    expect(stages[0]?.isIdle).toBe(true)
  })

  test('one that lost a claim tells whoever lacks room, although it did nothing', () => {
    const { progress, stages, words, saysAt } = openPipeline(2)
    // As left by a claim that another won: it says that it holds something.
    words[saysAt + TransmitterWord.isBusy] = 1
    const token = progress.prepare()
    expect(stages[0]?.doWork()).toBe(0)
    expect(progress.wait(token, 1000)).toBe(true)
    expect(words[saysAt + TransmitterWord.isBusy]).toBe(0)
  })

  test('records are where their queue is', () => {
    const { emitted } = openPipeline(1)
    const first = emitted.push(1, 5)
    expect(emitted.push(1, 6)).toBe(first + actionWords)
    expect(emitted.words[first + ActionWord.number]).toBe(5)
  })
})
