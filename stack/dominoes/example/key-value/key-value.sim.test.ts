import { describe, expect, it } from 'vitest'
import { Random } from '../../../device/random.ts'
import { Auditor, Channel, readCounters } from '../../index.ts'
import { ClientEnds, type Reply } from './client-ends.ts'
import { type Command, Operation, Status } from './messages.ts'
import { openServiceReplica } from './open-service.ts'
import { commandBufferAt, initialiseService, planService, type ServiceOptions } from './service-layout.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Time wraps soon after the start. */
const startMicros = 0x7fffffff - 3000

/** A service whose replicas, clients and clock all move on this thread, each when told to. */
function openWorld(options: Partial<ServiceOptions> & { replicas: number }) {
  const { region, layout } = planService({
    clients: 2,
    entryCount: 32,
    window: 8,
    digestStride: 16,
    ...options,
  })
  initialiseService(region, layout, startMicros)
  const service = { buffer: region.buffer, layout }
  const clock = { now: startMicros }
  const replicas = Array.from({ length: layout.replicas }, (_, id) =>
    openServiceReplica(service, id, () => clock.now, 2),
  )
  const clients = Array.from({ length: layout.clients }, (_, client) => new ClientEnds(service, client))
  const auditor = new Auditor(region, layout.framework.digests, layout.framework.channel)
  const channel = new Channel(region, layout.framework.channel, layout.replicas + layout.clients)
  /** Runs the replicas until none finds anything to do. */
  const run = () => {
    while (replicas.some(({ replica }) => replica.doWork() > 0));
  }
  return {
    layout,
    region,
    clock,
    replicas,
    clients,
    auditor,
    channel,
    run,
    /** One command of a client that has nothing outstanding, and its reply. */
    ask(client: number, operation: number, key: string, more: Partial<Command> = {}): Reply {
      const ends = clients[client] as ClientEnds
      expect(ends.tryPost({ operation, key: encoder.encode(key), ...more })).toBe(true)
      run()
      const replies: Reply[] = []
      ends.poll(1, { onReply: (reply) => replies.push(reply), onExpired: unexpected })
      return replies[0] as Reply
    },
    expiredKeys(client: number): string[] {
      const keys: string[] = []
      const onExpired = (key: Uint8Array) => keys.push(decoder.decode(key))
      clients[client]?.poll(100, { onReply: unexpected, onExpired })
      return keys
    },
    finish() {
      channel.close()
      while (replicas.some(({ replica }) => !replica.isFinished)) run()
      for (const { replica } of replicas) replica.recordFinalDigest()
      return auditor.finish()
    },
  }
}

function unexpected(): never {
  throw new Error('not expected here')
}

const bytes = (text: string) => encoder.encode(text)

describe('the store, as one client sees it', () => {
  it('keeps what was put, and says when there is nothing', () => {
    const world = openWorld({ replicas: 2 })
    expect(world.ask(0, Operation.get, 'a')).toMatchObject({ status: Status.missing, version: 0 })
    expect(world.ask(0, Operation.put, 'a', { value: bytes('one') })).toMatchObject({ version: 1 })
    expect(world.ask(1, Operation.get, 'a')).toEqual({
      status: Status.done,
      version: 1,
      value: bytes('one'),
    })
    expect(world.ask(0, Operation.remove, 'a').status).toBe(Status.done)
    expect(world.ask(0, Operation.remove, 'a').status).toBe(Status.missing)
    expect(world.ask(1, Operation.get, 'a').status).toBe(Status.missing)
  })

  it('compares versions before it sets', () => {
    const world = openWorld({ replicas: 2 })
    const set = (operand: number) =>
      world.ask(0, Operation.compareAndSet, 'a', { operand, value: bytes(`after ${operand}`) })
    expect(set(7)).toMatchObject({ status: Status.conflict, version: 0 })
    expect(set(0)).toMatchObject({ status: Status.done, version: 1 })
    expect(set(0)).toMatchObject({ status: Status.conflict, version: 1 })
    expect(set(1)).toMatchObject({ status: Status.done, version: 2 })
    expect(decoder.decode(world.ask(0, Operation.get, 'a').value)).toBe('after 1')
  })

  it('is full at its limit, and has room again after a removal', () => {
    const world = openWorld({ replicas: 2, entryCount: 4 })
    const put = (key: string) => world.ask(0, Operation.put, key, { value: bytes(key) }).status
    expect(['a', 'b', 'c', 'd', 'e'].map(put)).toEqual([
      Status.done,
      Status.done,
      Status.done,
      Status.done,
      Status.full,
    ])
    expect(put('d')).toBe(Status.done)
    world.ask(0, Operation.remove, 'a')
    expect(put('e')).toBe(Status.done)
  })

  it('answers a damaged command, without applying it', () => {
    const world = openWorld({ replicas: 2 })
    const ends = world.clients[0] as ClientEnds
    ends.tryPost({ operation: Operation.put, key: bytes('a'), value: bytes('one') })
    const at = commandBufferAt(world.layout, 0, 0)
    world.region.bytes[at + 20] = (world.region.bytes[at + 20] as number) ^ 1
    world.run()
    const statuses: number[] = []
    ends.poll(9, { onReply: ({ status }) => statuses.push(status), onExpired: unexpected })
    expect(statuses).toEqual([Status.refused])
    expect(world.replicas.map(({ domain }) => domain.store.keyCount)).toEqual([0, 0])
  })
})

describe('expiry', () => {
  const letExpire = (world: ReturnType<typeof openWorld>, key: string, millis: number) => {
    world.ask(0, Operation.put, key, { value: bytes('short-lived') })
    expect(world.ask(0, Operation.expire, key, { operand: millis }).status).toBe(Status.done)
  }

  it('happens at its time, by a tick, and its client is told', () => {
    const world = openWorld({ replicas: 2 })
    letExpire(world, 'a', 5)
    const tail = world.channel.tail
    world.clock.now = (startMicros + 4999) | 0
    world.run()
    expect([world.channel.tail, world.replicas[0]?.domain.microsUntilDeadline(world.clock.now)]).toEqual([
      tail,
      1,
    ])
    world.clock.now = (world.clock.now + 1) | 0
    world.run()
    expect(world.channel.tail).toBe(tail + 1)
    expect(world.expiredKeys(1)).toEqual([])
    expect(world.expiredKeys(0)).toEqual(['a'])
    expect(world.ask(1, Operation.get, 'a').status).toBe(Status.missing)
  })

  it('comes before the request that has the same time', () => {
    const world = openWorld({ replicas: 2 })
    letExpire(world, 'a', 5)
    world.clock.now = (startMicros + 5000) | 0
    expect(world.ask(1, Operation.get, 'a').status).toBe(Status.missing)
  })

  it('is called off by a put', () => {
    const world = openWorld({ replicas: 2 })
    letExpire(world, 'a', 5)
    world.ask(0, Operation.put, 'a', { value: bytes('to stay') })
    world.clock.now = (startMicros + 9000) | 0
    world.run()
    expect(world.ask(0, Operation.get, 'a').status).toBe(Status.done)
  })

  it('of more keys than the action queue or the outbox holds waits for the client, and loses none', () => {
    const world = openWorld({ replicas: 2 })
    const keys = Array.from({ length: 30 }, (_, k) => `key ${k}`)
    for (const key of keys) letExpire(world, key, 5)
    world.clock.now = (startMicros + 5000) | 0
    const told: string[] = []
    for (let turn = 0; turn < 30; turn++) {
      world.run()
      told.push(...world.expiredKeys(0))
    }
    expect(told.toSorted()).toEqual(keys.toSorted())
    expect(world.replicas.map(({ domain }) => domain.store.keyCount)).toEqual([0, 0])
    expect(world.finish()).toMatchObject({ divergences: 0, missed: 0 })
  })
})

describe('a replica whose state differs', () => {
  it.each([1, 2])('is found among %i replicas', (replicas) => {
    const world = openWorld({ replicas })
    for (let k = 0; k < 64; k++) {
      world.ask(0, Operation.put, `${k % 20}`, { value: bytes(`${k}`) })
      const state = world.replicas.at(-1)?.domain.store.state as Int32Array
      // With one replica, in the middle of a stride that its witness follows.
      if (k === 40) state[state.length - 1] = 1
      world.auditor.audit()
    }
    expect(world.finish().divergences).toBeGreaterThan(0)
  })
})

interface Asked extends Command {
  readonly text: string
}

/** Random commands of two clients to replicas that run in random turns; the clock moves at random, too. */
function simulate(replicas: number, seed: number) {
  const random = new Random(seed)
  const world = openWorld({ replicas })
  const asked: Asked[][] = world.clients.map(() => [])
  const answered: { command: Asked; reply: Reply }[][] = world.clients.map(() => [])
  let expired = 0
  let toAsk = 300
  const operations = Object.values(Operation)
  const post = (client: number) => {
    const text = `${random.below(8)}`.repeat(1 + random.below(100))
    const operation = operations[random.below(operations.length)] as number
    const command: Asked = {
      operation,
      key: bytes(`${client}/${random.below(6)}`),
      text,
      operand: operation === Operation.expire ? random.below(4) : random.below(40),
      ...(operation === Operation.put || operation === Operation.compareAndSet ? { value: bytes(text) } : {}),
    }
    if (toAsk === 0 || !world.clients[client]?.tryPost(command)) return
    toAsk -= 1
    asked[client]?.push(command)
  }
  const take = (client: number) => {
    world.clients[client]?.poll(random.below(6), {
      onReply: (reply) => answered[client]?.push({ command: asked[client]?.shift() as Asked, reply }),
      onExpired: () => {
        expired += 1
      },
    })
  }
  const step = () => {
    const choice = random.below(replicas + 5)
    if (choice < replicas) world.replicas[choice]?.replica.doWork()
    else if (choice < replicas + 2) post(choice - replicas)
    else if (choice < replicas + 4) take(choice - replicas - 2)
    else world.clock.now = (world.clock.now + random.below(300)) | 0
    if (random.below(8) === 0) world.auditor.audit()
  }
  for (let steps = 0; toAsk > 0 || asked.some((each) => each.length > 0); steps++) {
    if (steps > 200_000) throw new Error(`seed ${seed}: no progress`)
    step()
  }
  world.channel.close()
  while (world.replicas.some(({ replica }) => !replica.isFinished)) step()
  for (const { replica } of world.replicas) replica.recordFinalDigest()
  const counters = world.replicas.map((_, id) =>
    readCounters(world.region, world.layout.framework.counters, id),
  )
  return { world, answered, expired, audit: world.auditor.finish(), counters }
}

describe('replicas on one thread, in random turns', () => {
  const runs = [1, 2, 3].flatMap((replicas) =>
    Array.from({ length: 20 }, (_, k) => ({ replicas, seed: replicas * 100 + k })),
  )

  it.each(runs)('$replicas replicas answer as a map would (seed $seed)', ({ replicas, seed }) => {
    const { world, answered, expired, audit, counters } = simulate(replicas, seed)
    expect(audit).toMatchObject({ divergences: 0, missed: 0 })
    // 300 commands and some ticks, a digest every 16; one replica alone has a witness for every other stride.
    expect(audit.digestsCompared).toBeGreaterThanOrEqual(replicas === 1 ? 9 : (replicas - 1) * 19)
    // Each client has keys of its own. A key may expire unseen, but never without `expire`.
    for (const one of answered) {
      const model = new Map<string, { text: string; version: number; mayExpire: boolean }>()
      for (const { command, reply } of one) {
        const key = decoder.decode(command.key)
        const known = model.get(key)
        if (reply.status === Status.missing && known?.mayExpire) model.delete(key)
        const now = model.get(key)
        const isSet = command.operation === Operation.put || command.operation === Operation.compareAndSet
        if (command.operation === Operation.compareAndSet && reply.status === Status.conflict) {
          expect(reply.version).not.toBe(command.operand)
        } else if (isSet) {
          expect(reply.status).toBe(Status.done)
          model.set(key, { text: command.text, version: reply.version, mayExpire: false })
        } else {
          expect(reply.status).toBe(now === undefined ? Status.missing : Status.done)
          expect(reply.version).toBe(now?.version ?? 0)
          if (command.operation === Operation.get) expect(decoder.decode(reply.value)).toBe(now?.text ?? '')
          if (command.operation === Operation.remove) model.delete(key)
          if (command.operation === Operation.expire && now !== undefined) now.mayExpire = true
        }
      }
    }
    const total = (name: 'performed' | 'checked') => counters.reduce((sum, each) => sum + each[name], 0)
    expect(total('performed')).toBeGreaterThanOrEqual(300 + expired)
    expect(total('checked')).toBe(300)
    for (const { domain } of world.replicas) {
      expect(domain.store.state).toEqual(world.replicas[0]?.domain.store.state)
    }
  })
})
