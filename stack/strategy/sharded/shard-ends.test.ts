import { expect, test } from 'vitest'
import { Mailbox } from '../../dominoes/channel/mailbox.ts'
import { OutboxWriter } from '../../dominoes/channel/outbox.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import { Upcall, UpcallRecord } from '../../protocol/actions.ts'
import { mailWords, Request } from '../../protocol/requests.ts'
import { shardOfTuple } from '../../protocol/state/tuple-hash.ts'
import { mapIpv4 } from '../../wire/address.ts'
import type { StackParameters } from '../options.ts'
import { ShardPort, ShardUpcalls } from './shard-ends.ts'
import { initialiseShards, planShards } from './shard-layout.ts'

const workers = 3

const secret = [3, 7] as const

function make() {
  const machine = {
    connectionCount: 16,
    timeWaitCount: 4,
    listenerCount: 2,
    datagramSocketCount: 0,
    segmentCount: 16,
    secret,
  }
  const parameters = {
    strategy: { kind: 'sharded', workers },
    device: { capabilities: { frameBytes: 1514 } },
    machine: { ...machine, sendBufferBytes: 4096, receiveBufferBytes: 4096 },
    slotCount: 16,
    digestStride: 0,
  } as unknown as StackParameters
  const layout = planShards(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  initialiseShards(region, layout)
  const posted = layout.shards.map((shard) => new Mailbox(region, shard.posted))
  /** Takes what was posted to each worker: kind and first argument. */
  const taken = () =>
    posted.map((mailbox) => {
      const found: number[][] = []
      for (let at = mailbox.peek(); at >= 0; at = mailbox.peek()) {
        found.push([region.words[at] as number, region.words[at + 1] as number])
        mailbox.advance()
      }
      return found
    })
  const upcall = (worker: number, number: number, kind: number, cookie: number) => {
    const outbox = new OutboxWriter(region, (layout.shards[worker] as (typeof layout.shards)[0]).outbox)
    const at = outbox.tryPut(number)
    region.words[at + UpcallRecord.upcall] = kind
    region.words[at + UpcallRecord.cookie] = cookie
    outbox.commit(number)
  }
  const port = new ShardPort(region, layout, () => {})
  return { layout, region, port, taken, upcall, upcalls: new ShardUpcalls(region, layout) }
}

/** A request and its first arguments. */
function mail(...words: readonly number[]): Int32Array {
  const mail = new Int32Array(mailWords)
  mail.set(words)
  return mail
}

test('a request for a connection goes to its worker, under the name it has there', () => {
  const { layout, port, taken } = make()
  const id = (7 << 16) | (layout.connections * 2 + 5)
  port.tryPostRecord(mail(Request.close, id))
  expect(taken()).toEqual([[], [], [[Request.close, (7 << 16) | 5]]])
})

test('a generation above 2^15 makes an id negative, and it finds its worker all the same', () => {
  const { layout, port, taken } = make()
  port.tryPostRecord(mail(Request.read, (0xffff << 16) | (layout.connections + 1)))
  expect(taken()[1]).toEqual([[Request.read, (0xffff << 16) | 1]])
})

test('a listener is posted to every worker, and announced once', () => {
  const { port, taken, upcall, upcalls } = make()
  port.tryPostRecord(mail(Request.listen, 9, 80, 4))
  expect(taken()).toEqual([[[Request.listen, 9]], [[Request.listen, 9]], [[Request.listen, 9]]])
  upcall(1, 0, Upcall.listening, 9)
  upcall(0, 0, Upcall.listening, 9)
  expect(upcalls.peek()).toBe(-1)
  upcall(2, 0, Upcall.listening, 9)
  expect(upcalls.peek()).toBeGreaterThanOrEqual(0)
  upcalls.advance()
  expect(upcalls.peek()).toBe(-1)
})

test('a connection with a port of its own goes where its tuple belongs; others go round', () => {
  const { port, taken } = make()
  const remote = 0x0a000002
  port.tryPostRecord(mail(Request.connect, 1, ...mapIpv4(remote), 80, 4321))
  const owner = shardOfTuple(secret, Int32Array.from(mapIpv4(remote)), 0, 80, 4321, workers)
  expect(taken().findIndex((found) => found.length > 0)).toBe(owner)
  for (let cookie = 0; cookie < workers; cookie++)
    port.tryPostRecord(mail(Request.connect, cookie, ...mapIpv4(remote), 80, 0))
  expect(taken().map((found) => found.length)).toEqual([1, 1, 1])
})
