import { describe, expect, it } from 'vitest'
import { Auditor } from '../audit/auditor.ts'
import { Channel } from '../channel/channel.ts'
import type { MailboxLayout } from '../channel/mailbox.ts'
import { Mailbox } from '../channel/mailbox.ts'
import { OutboxReader } from '../channel/outbox.ts'
import { readCounters } from '../memory/counters.ts'
import { openRegion } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'
import { RecordWord, RegisterRequest } from '../testing/register-domain.ts'
import { expectedRecords } from '../testing/register-oracle.ts'
import { createWorld, performOutcomes, type RegisterWorld } from '../testing/register-world.ts'
import type { ReplicaWorkerData } from '../testing/replica.worker.ts'
import { startWorkers, type WorkerRun } from '../testing/workers.ts'
import type { IdleOptions } from './idle.ts'

/** No sleep ever ends by itself here: a lost wake-up hangs the test. */
const forever = Number.POSITIVE_INFINITY
const idles: IdleOptions[] = [
  { kind: 'park', parkMicros: forever },
  { kind: 'backoff', spins: 50, yields: 1, parkMicros: forever },
]

function start(world: RegisterWorld, replicas: number, idle: IdleOptions, stalling = -1): WorkerRun {
  const datas = Array.from(
    { length: replicas },
    (_, id): ReplicaWorkerData => ({
      world,
      id,
      idle,
      stallMillis: id === stalling ? 2 : 0,
      useOutbox: true,
    }),
  )
  return startWorkers('./replica.worker.ts', datas)
}

/** The application's ends of a world. */
function openApplication(world: RegisterWorld) {
  const region = openRegion(world.buffer)
  const { framework } = world.layout
  const channel = new Channel(region, framework.channel, framework.channel.replicas)
  const doorbell = new Signal(region, framework.doorbellWord)
  return {
    region,
    channel,
    doorbell,
    mailbox: new Mailbox(region, framework.mailboxes[0] as MailboxLayout),
    outbox: new OutboxReader(region, framework.outbox, channel.progress),
    auditor: new Auditor(region, framework.digests, framework.channel),
    /** The next record, when it is there. */
    async receive(): Promise<{ number: number; register: number; value: number }> {
      for (;;) {
        const token = this.outbox.filled.prepare()
        const at = this.outbox.peek()
        if (at >= 0) {
          const [number, register, value] = Object.values(RecordWord).map((word) => region.words[at + word])
          this.outbox.advance()
          return { number: number as number, register: register as number, value: value as number }
        }
        this.auditor.audit()
        await this.outbox.filled.waitAsync(token, forever)
      }
    },
    close() {
      channel.close()
      doorbell.notify()
    },
  }
}

const start32 = { index: -100, action: -50, time: 0 }

describe.each(idles)('replicas on threads, idle $kind', (idle) => {
  it.each([1, 2, 4])('%i agree with one domain alone, in order and exactly once', async (replicas) => {
    const requests = 6000
    const world = createWorld({ replicas, slotCount: 32, outboxCount: 64 }, start32)
    const application = openApplication(world)
    application.region.words[world.layout.generatorWord + 1] = requests
    const run = start(world, replicas, idle)
    try {
      const expected = expectedRecords(requests)
      const records: typeof expected = []
      while (records.length < expected.length) {
        const { number, register, value } = await application.receive()
        expect(number).toBe((start32.action + records.length) | 0)
        records.push({ register, value })
      }
      application.close()
      await run.done
      expect(records).toEqual(expected)
      expect(performOutcomes(world, expected.length)).toEqual({ 1: expected.length })
      const audit = application.auditor.finish()
      expect(audit).toMatchObject({ divergences: 0, missed: 0 })
      expect(audit.digestsCompared).toBe((replicas - 1) * (requests / 4 + 1))
      const { framework } = world.layout
      const counters = Array.from({ length: replicas }, (_, id) =>
        readCounters(application.region, framework.counters, id),
      )
      expect(counters.map(({ applied }) => applied)).toEqual(counters.map(() => requests))
      expect(counters.reduce((sum, each) => sum + each.checked, 0)).toBe((requests * 2) / 3)
      expect(counters.reduce((sum, each) => sum + each.published, 0)).toBe(requests)
    } finally {
      await run.terminate()
    }
  })

  it.each([1, 2, 4])('%i answer an application, one request at a time', async (replicas) => {
    const world = createWorld({ replicas }, start32)
    const application = openApplication(world)
    const run = start(world, replicas, idle)
    try {
      for (let n = 0; n < 300; n++) {
        application.mailbox.tryPost(RegisterRequest.add, n % 32, n, 1)
        application.doorbell.notify()
        const { number } = await application.receive()
        expect(number).toBe((start32.action + n) | 0)
      }
      application.close()
      await run.done
      expect(application.auditor.finish()).toMatchObject({ divergences: 0, missed: 0 })
    } finally {
      await run.terminate()
    }
  })
})

describe('back-pressure', () => {
  it('holds the ring up while one of three replicas stalls, and loses nothing', async () => {
    const requests = 2000
    const world = createWorld({ replicas: 3, slotCount: 8, outboxCount: 64 }, start32)
    const application = openApplication(world)
    application.region.words[world.layout.generatorWord + 1] = requests
    const run = start(world, 3, { kind: 'park', parkMicros: forever }, 1)
    try {
      const expected = expectedRecords(requests)
      const records: typeof expected = []
      while (records.length < expected.length) {
        const { register, value } = await application.receive()
        records.push({ register, value })
      }
      application.close()
      await run.done
      expect(records).toEqual(expected)
      expect(application.auditor.finish()).toMatchObject({ divergences: 0, missed: 0 })
    } finally {
      await run.terminate()
    }
  })
})
