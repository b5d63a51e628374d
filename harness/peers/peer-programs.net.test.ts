import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bucketOf, countOf } from '../measure/histogram.ts'
import { countersBetween, readCounters } from '../topology/counters.ts'
import { paths } from '../topology/node.ts'
import { testDeployments } from '../topology/testing/deployments.ts'
import { bothWays } from '../workload/bidirectional/peer-side.ts'
import { sink, source } from '../workload/bulk/peer-side.ts'
import { requester, responder } from '../workload/request-response/peer-side.ts'
import { type MeetingOptions, startProgram } from './peer-process.ts'

type Meet = MeetingOptions['meet']

const tests = testDeployments()
const { deploy } = tests

describe('the programs of a Linux host', () => {
  it('carries a stream from source to sink, every byte verified', async () => {
    const { node } = await deploy('veth', { offloads: 'off' })
    await writeFile(join(tests.directory, 'pattern'), createHash('sha512').update('pattern').digest())
    const content = { pattern: `${paths.shared}/pattern` }
    const before = await readCounters(node('peer'))
    const common = { content, warmupBytes: 1_000_000, chunkBytes: 65_536, connections: 2 }
    const receiving = await startProgram(node('peer'), sink({ meet: { listen: 5001 }, ...common }))
    await receiving.ready
    const sending = await startProgram(
      node('stack'),
      source({
        meet: { connect: '10.77.0.2:5001' },
        ...common,
        bytes: 3_000_000,
      }),
    )
    const [sent, received] = await Promise.all([sending.result, receiving.result])
    expect(sent).toMatchObject({ bytesSent: 6_000_000, closed: true, failure: null })
    expect(received).toMatchObject({
      bytesReceived: 6_000_000,
      bytesVerified: 6_000_000,
      firstMismatch: null,
    })
    // From the first of the two that has its warm-up.
    expect(received.measuredBytes).toBeLessThanOrEqual(5_000_000)
    expect(received.perConnection[0]?.tcpInfo.bytes_received).toBeGreaterThanOrEqual(3_000_000)
    const moved = countersBetween(before, await readCounters(node('peer')))
    expect(moved['Tcp.PassiveOpens']).toBe(2)
    expect(moved['Tcp.InSegs']).toBeGreaterThan(4000)
  })

  it('says that a port is taken, and what that means', async () => {
    const { node } = await deploy('veth')
    await writeFile(join(tests.directory, 'few'), 'few')
    const listener = sink({
      meet: { listen: 5001 },
      content: { file: `${paths.shared}/few` },
      warmupBytes: 0,
    })
    const first = await startProgram(node('peer'), listener)
    await first.ready
    const second = await startProgram(node('peer'), listener)
    await expect(second.result).rejects.toMatchObject({
      reason: expect.stringMatching(/^The sink.py on peer ended .*: OSError: .*Address already in use$/),
      remedy: expect.stringContaining('Another program in that container listens on this port'),
    })
    first.result.catch(() => {})
    first.kill()
  })

  it('tells where a stream first differs from what was expected', async () => {
    const { node } = await deploy('veth')
    const bytes = Buffer.alloc(300_000, 'expected')
    await writeFile(join(tests.directory, 'expected'), bytes)
    bytes[234_567] = 0
    await writeFile(join(tests.directory, 'sent'), bytes)
    const receiving = await startProgram(
      node('peer'),
      sink({
        meet: { listen: 5001 },
        content: { file: `${paths.shared}/expected` },
        warmupBytes: 0,
      }),
    )
    await receiving.ready
    const sending = await startProgram(
      node('stack'),
      source({
        meet: { connect: '10.77.0.2:5001' },
        content: { file: `${paths.shared}/sent` },
        warmupBytes: 0,
        bytes: bytes.length,
      }),
    )
    await sending.result
    expect(await receiving.result).toMatchObject({
      bytesReceived: 300_000,
      bytesVerified: 234_567,
      firstMismatch: 234_567,
    })
  })

  it('carries requests and responses, several under way on several connections', async () => {
    const { node } = await deploy('veth')
    await writeFile(join(tests.directory, 'pattern'), createHash('sha512').update('pattern').digest())
    const common = { pattern: `${paths.shared}/pattern`, messageBytes: 100, connections: 2 }
    const serving = await startProgram(node('peer'), responder({ meet: { listen: 5001 }, ...common }))
    await serving.ready
    const asking = await startProgram(
      node('stack'),
      requester({
        meet: { connect: '10.77.0.2:5001' },
        ...common,
        depth: 8,
        settlingSeconds: 0.1,
        seconds: 0.5,
      }),
    )
    const { sent, received, verified, transactions, allTransactions, latencyTicks } = await asking.result
    expect([received, verified, 100 * allTransactions]).toEqual([sent, sent, sent])
    expect(transactions).toBeGreaterThan(100)
    expect(transactions).toBeLessThan(allTransactions)
    expect(countOf(latencyTicks)).toBe(transactions)
    expect(await serving.result).toEqual({ sent, received: sent, verified: sent })
  })

  it('sends and receives at once, and each end tells where what it received first differs', async () => {
    const { node } = await deploy('veth')
    const bytes = Buffer.alloc(300_000, 'expected')
    await writeFile(join(tests.directory, 'one'), bytes)
    bytes[234_567] = 0
    await writeFile(join(tests.directory, 'other'), bytes)
    const end = (meet: Meet, name: string) =>
      bothWays({ meet, content: { file: `${paths.shared}/${name}` }, bytes: bytes.length })
    const waiting = await startProgram(node('peer'), end({ listen: 5001 }, 'one'))
    await waiting.ready
    const calling = await startProgram(node('stack'), end({ connect: '10.77.0.2:5001' }, 'other'))
    for (const { sent, received, verified, arrivals } of [await waiting.result, await calling.result]) {
      expect({ sent, received, verified }).toEqual({ sent: 300_000, received: 300_000, verified: 234_567 })
      expect([arrivals.at(0)?.[1], arrivals.at(-1)?.[1]]).toEqual([0, 300_000])
    }
  })

  it('tells how much of an answer was as expected', async () => {
    const { node } = await deploy('veth')
    const pattern = Buffer.alloc(1000, 'expected')
    await writeFile(join(tests.directory, 'asked'), pattern)
    pattern[777] = 0
    await writeFile(join(tests.directory, 'answered'), pattern)
    const meet = { listen: 5001 }
    const serving = await startProgram(
      node('peer'),
      responder({ meet, pattern: `${paths.shared}/answered`, messageBytes: 10 }),
    )
    await serving.ready
    const asking = await startProgram(
      node('stack'),
      requester({
        meet: { connect: '10.77.0.2:5001' },
        pattern: `${paths.shared}/asked`,
        messageBytes: 10,
        depth: 1,
        settlingSeconds: 0,
        seconds: 0.2,
      }),
    )
    expect(await asking.result).toMatchObject({ verified: 777 })
    expect(await serving.result).toMatchObject({ verified: 777 })
  })

  it('counts in the buckets that we do', async () => {
    const { node } = await deploy('veth')
    const values = Array.from({ length: 2000 }, (_, k) => Math.floor(1.0107 ** k)).concat(2 ** 31, 2 ** 40)
    const script = `import json, histogram\nprint(json.dumps([histogram.bucket_of(each) for each in ${JSON.stringify(values)}]))`
    const environment = { PYTHONPATH: paths.peerPrograms }
    const { stdout } = await node('peer').exec(['python3', '-c', script], { environment })
    expect(JSON.parse(stdout)).toEqual(values.map(bucketOf))
  })

  it('tells that the sink was not there', async () => {
    const { node } = await deploy('veth')
    await writeFile(join(tests.directory, 'pattern'), 'pattern')
    const sending = await startProgram(
      node('stack'),
      source({
        meet: { connect: '10.77.0.2:5001' },
        content: { pattern: `${paths.shared}/pattern` },
        warmupBytes: 0,
        bytes: 1,
      }),
    )
    await expect(sending.result).rejects.toThrow(/ConnectionRefusedError/)
  })
})
