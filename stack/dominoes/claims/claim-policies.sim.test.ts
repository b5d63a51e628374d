import { describe, expect, test } from 'vitest'
import { Random } from '../../device/random.ts'
import { Auditor } from '../audit/auditor.ts'
import { OutboxReader } from '../channel/outbox.ts'
import { openRegion } from '../memory/region.ts'
import { RecordWord } from '../testing/register-domain.ts'
import { expectedRecords } from '../testing/register-oracle.ts'
import { createWorld, type OpenOptions, openWorld, performOutcomes } from '../testing/register-world.ts'
import { ChunkClaims } from './chunk-claims.ts'
import type { ClaimPolicy } from './claim-policy.ts'
import { RequestClaims } from './request-claims.ts'
import { RotationClaims } from './rotation-claims.ts'

const requests = 150

type OpenClaims = (id: number, replicas: number) => Required<OpenOptions>['claims']

const policies: Record<string, OpenClaims> = {
  'chunks of 1': () => (region, layout) => new ChunkClaims(region, layout.claims, 1),
  'chunks of 4': () => (region, layout) => new ChunkClaims(region, layout.claims, 4),
  'chunks of 64': () => (region, layout) => new ChunkClaims(region, layout.claims, 64),
  'requests, first come': () => (region, _, channel) => new RequestClaims(region, channel),
  'actions in rotation': (id, replicas) => () =>
    new RotationClaims(id, replicas, { kind: 'action', chunk: 1 }),
  'chunks of 4 in rotation': (id, replicas) => () =>
    new RotationClaims(id, replicas, { kind: 'action', chunk: 4 }),
  'requests in rotation': (id, replicas) => () => new RotationClaims(id, replicas, { kind: 'request' }),
}

/** Indices and numbers that wrap within the first requests; numbers start at a multiple of every chunk. */
const starts = [
  { index: 0, action: 0, time: 0 },
  { index: 0x7ffffff3, action: 0x7fffffc0, time: 0x7fffff00 },
  { index: -7, action: -64, time: -500 },
]

/** Who performed which action, by the number: the policy's answers, written down. */
type Owners = Map<number, { id: number; index: number }[]>

function recorded(policy: ClaimPolicy, id: number, owners: Owners): ClaimPolicy {
  return {
    claim(number, index) {
      const isOurs = policy.claim(number, index)
      if (isOurs) owners.set(number, [...(owners.get(number) ?? []), { id, index }])
      return isOurs
    },
  }
}

/** Replicas in random turns until 150 requests are done; queues so small that most need `resume`. */
function simulate(openClaims: OpenClaims, replicas: number, seed: number, start: (typeof starts)[0]) {
  const random = new Random(seed)
  const world = createWorld({ replicas, slotCount: 4 << random.below(2), claimCount: 64 }, start)
  const owners: Owners = new Map()
  const opened = Array.from({ length: replicas }, (_, id) =>
    openWorld(world, {
      id,
      nowMicros: () => start.time,
      pollBatch: 1 + random.below(6),
      batch: 1 + random.below(4),
      queueCapacity: 1 + random.below(3),
      useOutbox: true,
      claims: (region, framework, channel) =>
        recorded(openClaims(id, replicas)(region, framework, channel), id, owners),
    }),
  )
  const region = openRegion(world.buffer)
  const { framework, generatorWord } = world.layout
  region.words[generatorWord + 1] = requests
  const auditor = new Auditor(region, framework.digests, framework.channel)
  const { channel } = opened[0] as (typeof opened)[0]
  const outbox = new OutboxReader(region, framework.outbox, channel.progress)
  const records: { register: number; value: number }[] = []
  const read = () => {
    for (let at = outbox.peek(); at >= 0; at = outbox.peek()) {
      records.push({
        register: region.words[at + RecordWord.register] as number,
        value: region.words[at + RecordWord.value] as number,
      })
      outbox.advance()
    }
  }
  const step = () => {
    const choice = random.below(replicas + 1)
    if (choice === replicas) read()
    else opened[choice]?.replica.doWork()
  }
  const quiet = () =>
    region.words[generatorWord] === requests &&
    opened.every(({ replica, channel }) => replica.position === channel.tail)
  for (let steps = 0; !quiet(); steps++) {
    if (steps > 200_000) throw new Error('no progress')
    step()
  }
  channel.close()
  while (!opened.every(({ replica }) => replica.isFinished)) step()
  for (const { replica } of opened) replica.recordFinalDigest()
  read()
  return { world, owners, records, audit: auditor.finish() }
}

/** The owners of what shares a key: one each, if what shares a key is claimed as a whole. */
function ownersBy(owners: Owners, keyOf: (number: number, index: number) => number): number[] {
  const groups = new Map<number, Set<number>>()
  for (const [number, those] of owners) {
    for (const { id, index } of those) {
      const key = keyOf(number, index)
      groups.set(key, (groups.get(key) ?? new Set()).add(id))
    }
  }
  return [...groups.values()].map((ids) => ids.size)
}

const seeds = [1, 2, 3, 4]

describe.each(Object.entries(policies))('%s', (_, openClaims) => {
  test.each(starts)('each action is performed by one replica, from action $action', (start) => {
    for (const replicas of [1, 2, 3, 5]) {
      for (const seed of seeds) {
        const { world, owners, audit, records } = simulate(openClaims, replicas, seed, start)
        expect(records).toEqual(expectedRecords(requests))
        expect(performOutcomes(world, records.length)).toEqual({ 1: records.length })
        expect([...owners.values()].every((those) => those.length === 1)).toBe(true)
        expect(owners.size).toBe(records.length)
        expect(audit).toMatchObject({ divergences: 0, missed: 0 })
      }
    }
  })
})

test.each(['chunks of 4', 'chunks of 4 in rotation'])(
  '%s have one owner each, and not all the same',
  (name) => {
    for (const start of starts) {
      for (const seed of seeds) {
        const { owners } = simulate(policies[name] as OpenClaims, 3, seed, start)
        expect(new Set(ownersBy(owners, (number) => number & -4))).toEqual(new Set([1]))
        expect(ownersBy(owners, () => 0)[0]).toBeGreaterThan(1)
      }
    }
  },
)

test.each(['requests, first come', 'requests in rotation'])(
  '%s have one owner each, though they resume',
  (name) => {
    for (const start of starts) {
      for (const seed of seeds) {
        const { owners } = simulate(policies[name] as OpenClaims, 3, seed, start)
        expect(new Set(ownersBy(owners, (_, index) => index))).toEqual(new Set([1]))
        expect(ownersBy(owners, () => 0)[0]).toBeGreaterThan(1)
      }
    }
  },
)

test('a replica in rotation owns every so many-th action, whoever is first', () => {
  const { owners } = simulate(
    policies['actions in rotation'] as OpenClaims,
    3,
    1,
    starts[0] as (typeof starts)[0],
  )
  for (const [number, those] of owners) expect(those[0]?.id).toBe(number % 3)
})

test('a replica that joins within a chunk owns nothing of it', () => {
  const world = createWorld({ replicas: 2 }, { action: 64 })
  const region = openRegion(world.buffer)
  const open = () => new ChunkClaims(region, world.layout.framework.claims, 8)
  const [first, joined] = [open(), open()]
  expect([64, 65, 66].map((number) => first.claim(number))).toEqual([true, true, true])
  expect([67, 68, 71].map((number) => joined.claim(number))).toEqual([false, false, false])
  expect(joined.claim(72)).toBe(true)
  expect(first.claim(72)).toBe(false)
})
