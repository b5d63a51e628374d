import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TransferSpec } from '../agent/transfer-spec.ts'
import { paths } from '../topology/node.ts'
import { startSink } from '../topology/peer-program.ts'
import type { AgentConnection } from './agent-connection.ts'
import { Bench } from './bench.ts'
import { patternPath, travellingContent } from './stream-files.ts'

const port = 5001
const bytes = 2 ** 22

let bench: Bench
let agent: AgentConnection

beforeAll(async () => {
  bench = await Bench.deploy({ topology: 'tap' }, 'agent-test', () => {})
  agent = bench.agent as AgentConnection
})

afterAll(() => bench?.destroy())

function spec(): TransferSpec {
  return {
    stack: {
      strategy: { kind: 'replicated', replicas: 2 },
      payloadWork: 'checksum',
      address: `${bench.stack.address}/${bench.stack.prefixBits}`,
    },
    direction: 'send',
    peerAddress: bench.peer.address,
    port,
    connections: 1,
    warmupBytes: 0,
    transferBytes: bytes,
    patternPath,
    timeoutSeconds: 20,
  }
}

async function transfer() {
  const content = await travellingContent(bench.directory, 'checksum', bytes)
  const sink = await startSink(bench.peer, { meet: { listen: port }, content, warmupBytes: 0 })
  await sink.ready
  const [result, received] = await Promise.all([agent.transfer(spec()), sink.result])
  expect(received.bytesVerified).toBe(bytes)
  return result
}

test('one stack makes many transfers, and reports each by itself', async () => {
  const results = [await transfer(), await transfer(), await transfer()]
  for (const result of results) {
    expect(result.bytes).toBe(bytes)
    expect(result.digestsCompared).toBeGreaterThan(0)
    expect(result.divergences).toBe(0)
    // Not the sum of all so far: a segment of it at most twice.
    expect(result.framesOut).toBeLessThan((2 * bytes) / 1448)
    expect(result.protocol.activeOpens).toBe(1)
  }
})

test('a transfer that fails says why, and the next has a stack again', async () => {
  await expect(agent.transfer({ ...spec(), port: 5999 })).rejects.toThrow(/refused/)
  const result = await transfer()
  expect(result.divergences).toBe(0)
})

test('what a stack captured is what other programs read', async () => {
  await mkdir(join(bench.directory, 'captures'), { recursive: true })
  const captured = { ...spec(), stack: { ...spec().stack, captureDirectory: `${paths.shared}/captures` } }
  const content = await travellingContent(bench.directory, 'checksum', bytes)
  const sink = await startSink(bench.peer, { meet: { listen: port }, content, warmupBytes: 0 })
  await sink.ready
  await Promise.all([agent.transfer(captured), sink.result])
  const read = await bench.peer.exec(['tcpdump', '-nn', '-r', `${paths.shared}/captures/thread-0.pcap`])
  expect(read.exitCode).toBe(0)
  const data = new RegExp(
    `IP ${bench.stack.address}\\.\\d+ > ${bench.peer.address}\\.${port}: Flags .*length 1448`,
  )
  expect(read.stdout.split('\n').filter((line) => data.test(line)).length).toBeGreaterThan(100)
})

test('a TAP has as many queues as were asked for', async () => {
  const several = await Bench.deploy({ topology: 'tap', tapQueues: 3 }, 'agent-test', () => {})
  try {
    const count = ({ peer }: Bench) =>
      peer.exec(['sh', '-c', 'ls -d /sys/class/net/eth0/queues/tx-* | wc -l'])
    expect((await count(several)).stdout.trim()).toBe('3')
    expect((await count(bench)).stdout.trim()).toBe('1')
  } finally {
    await several.destroy()
  }
})

test('after retiring the stacks the next transfer has a new one', async () => {
  await agent.retireStacks()
  const result = await transfer()
  expect(result.divergences).toBe(0)
})
