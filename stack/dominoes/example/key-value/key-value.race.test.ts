import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { KeyValueClient } from './client.ts'
import { measure } from './measure.ts'
import { Status } from './messages.ts'
import { RunningService } from './running-service.ts'
import { counterKey, toNumber, Workload } from './workload.ts'

describe('a service on threads', () => {
  it.each([1, 2, 4])('of %i replicas answers two clients as the model says', async (replicas) => {
    const running = new RunningService(
      { replicas, clients: 2, entryCount: 256, window: 64 },
      { kind: 'park', parkMicros: 1_000_000 },
    )
    const clients = [0, 1].map((client) => new KeyValueClient(running.service, client))
    const results = await Promise.all(
      clients.map((store, client) =>
        new Workload(store, {
          client,
          seed: replicas,
          depth: 16,
          goesOn: (requests) => requests < 4000,
        }).run(),
      ),
    )
    expect(results.flatMap(({ wrong }) => wrong)).toEqual([])
    expect(results.every(({ expiries }) => expiries > 0)).toBe(true)
    const { value } = await (clients[0] as KeyValueClient).get(counterKey)
    expect(toNumber(value)).toBe(results.reduce((sum, { increments }) => sum + increments, 0))
    for (const client of clients) await client.close()
    const audit = await running.stop()
    expect(audit).toMatchObject({ divergences: 0, missed: 0 })
    expect(audit.digestsCompared).toBeGreaterThanOrEqual((replicas - 1) * 8)
  })

  it('keeps requests beyond the window waiting, in order', async () => {
    const running = new RunningService(
      { replicas: 2, clients: 1, entryCount: 16, window: 4 },
      { kind: 'park' },
    )
    const store = new KeyValueClient(running.service, 0)
    const replies = await Promise.all(Array.from({ length: 100 }, (_, k) => store.put('a', Uint8Array.of(k))))
    expect(replies.map(({ version }) => version)).toEqual(replies.map((_, k) => k + 1))
    expect(await store.get('a')).toEqual({ status: Status.done, version: 100, value: Uint8Array.of(99) })
    await store.close()
    expect(await running.stop()).toMatchObject({ divergences: 0, digestsCompared: 1 })
  })

  it('lets a key expire while nothing else happens', async () => {
    const running = new RunningService(
      { replicas: 2, clients: 1, entryCount: 16, window: 4 },
      { kind: 'park', parkMicros: Number.POSITIVE_INFINITY },
    )
    const store = new KeyValueClient(running.service, 0)
    const gone = store.expired('a')
    await store.put('a', Uint8Array.of(1))
    await store.expire('a', 20)
    await gone
    expect((await store.get('a')).status).toBe(Status.missing)
    await store.close()
    await running.stop()
  })
})

it('a run of the demonstration finds every reply right, and every state equal', async () => {
  const { requests, wrong, audit } = await measure({
    replicas: 2,
    clients: 2,
    depth: 8,
    warmupMillis: 100,
    measuredMillis: 200,
    seed: 1,
  })
  expect(wrong).toEqual([])
  expect(requests).toBeGreaterThan(0)
  expect(audit).toMatchObject({ divergences: 0, missed: 0 })
})

it('the program of the README runs', async () => {
  const file = fileURLToPath(new URL('hello.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [file])
  expect(stdout).toBe(
    'hello, replicas (version 1)\nno such key any more\n1 digests compared, 0 divergences\n',
  )
})
