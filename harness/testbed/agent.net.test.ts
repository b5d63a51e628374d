import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Work } from '../agent/messages.ts'
import { patternPath, travellingContent } from '../content/stream-files.ts'
import { startProgram } from '../peers/peer-process.ts'
import { paths } from '../topology/node.ts'
import { sink } from '../workload/bulk/peer-side.ts'
import { toldSchema } from '../workload/bulk/task.ts'
import type { AgentConnection } from './agent-connection.ts'
import { Testbed } from './testbed.ts'

const port = 5001
const bytes = 2 ** 22

let testbed: Testbed
let agent: AgentConnection

beforeAll(async () => {
  testbed = await Testbed.deploy({ topology: 'tap' }, 'agent-test', () => {})
  agent = testbed.agent as AgentConnection
})

afterAll(() => testbed?.destroy())

function work(changes: { task?: object; stack?: Partial<Work['stack']> } = {}): Work {
  return {
    workload: 'bulk',
    stack: {
      strategy: { kind: 'replicated', replicas: 2 },
      payloadWork: 'checksum',
      address: `${testbed.stack.address}/${testbed.stack.prefixBits}`,
      ...changes.stack,
    },
    task: {
      direction: 'send',
      peerAddress: testbed.peer.address,
      port,
      connections: 1,
      warmupBytes: 0,
      transferBytes: bytes,
      patternPath,
      ...changes.task,
    },
    timeoutSeconds: 20,
  }
}

async function transfer(changes: Parameters<typeof work>[0] = {}) {
  const content = await travellingContent(testbed.directory, 'checksum', bytes)
  const receiving = await startProgram(
    testbed.peer,
    sink({ meet: { listen: port }, content, warmupBytes: 0 }),
  )
  await receiving.ready
  const [{ told, activity }, received] = await Promise.all([agent.work(work(changes)), receiving.result])
  expect(received.bytesVerified).toBe(bytes)
  if (activity === undefined) throw new Error('there was no stack')
  return { ...activity, ...toldSchema.parse(told) }
}

test('one stack makes many transfers, and reports each by itself', async () => {
  const results = [await transfer(), await transfer(), await transfer()]
  for (const result of results) {
    expect(result.bytes).toBe(bytes)
    expect(result.digestsCompared).toBeGreaterThan(0)
    expect(result.divergences).toBe(0)
    // The frames of this transfer only, not the sum of all so far: each segment is sent at most twice.
    expect(result.framesOut).toBeLessThan((2 * bytes) / 1448)
    expect(result.protocol.activeOpens).toBe(1)
  }
})

test('a transfer that fails says why, and the next has a stack again', async () => {
  await expect(agent.work(work({ task: { port: 5999 } }))).rejects.toThrow(/refused/)
  const result = await transfer()
  expect(result.divergences).toBe(0)
})

test('what a stack captured is what other programs read', async () => {
  await mkdir(join(testbed.directory, 'captures'), { recursive: true })
  // A stack with one thread, which sends enough: each thread writes its capture to the file by the mebibyte.
  const strategy = { kind: 'sequential' } as const
  await transfer({ stack: { strategy, captureDirectory: `${paths.shared}/captures` } })
  const read = await testbed.peer.exec(['tcpdump', '-nn', '-r', `${paths.shared}/captures/thread-0.pcap`])
  expect(read.exitCode).toBe(0)
  const data = new RegExp(
    `IP ${testbed.stack.address}\\.\\d+ > ${testbed.peer.address}\\.${port}: Flags .*length 1448`,
  )
  expect(read.stdout.split('\n').filter((line) => data.test(line)).length).toBeGreaterThan(100)
})

test('a TAP has as many queues as were asked for', async () => {
  const several = await Testbed.deploy({ topology: 'tap', tapQueues: 3 }, 'agent-test', () => {})
  try {
    const count = ({ peer }: Testbed) =>
      peer.exec(['sh', '-c', 'ls -d /sys/class/net/eth0/queues/tx-* | wc -l'])
    expect((await count(several)).stdout.trim()).toBe('3')
    expect((await count(testbed)).stdout.trim()).toBe('1')
  } finally {
    await several.destroy()
  }
})

test('a process is there until it is retired, and the next one has another number', async () => {
  const first = await agent.prepare(work())
  expect(await agent.prepare(work())).toBe(first)
  await transfer()
  expect(await agent.prepare(work())).toBe(first)
  await agent.retireStacks()
  expect(await agent.prepare(work())).not.toBe(first)
})

test('the next process starts together with one that is not there, and one that cannot run hurts no other', async () => {
  await agent.retireStacks()
  const sequential = work({ stack: { strategy: { kind: 'sequential' } } })
  const impossible = work({ stack: { strategy: { kind: 'replicated', replicas: 2 }, slotCount: 3 } })
  const first = await agent.prepare(work(), [impossible, sequential])
  expect(await agent.prepare(work(), [sequential])).toBe(first)
  await expect(agent.prepare(impossible)).rejects.toThrow(/slotCount/)
  const second = await agent.prepare(sequential, [work()])
  expect(second).not.toBe(first)
  expect(await agent.prepare(work())).toBe(first)
  await transfer()
})

test('a process that cannot make its stack says why', async () => {
  const stack = { strategy: { kind: 'replicated' as const, replicas: 2 }, slotCount: 3 }
  await expect(agent.prepare(work({ stack }))).rejects.toThrow(/slotCount/)
  await transfer()
})

test('after retiring the stacks the next transfer has a new one', async () => {
  await agent.retireStacks()
  const result = await transfer()
  expect(result.divergences).toBe(0)
})
