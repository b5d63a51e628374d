import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countersBetween, readCounters } from './counters.ts'
import { paths } from './node.ts'
import { startRequester, startResponder } from './peer-exchange.ts'
import { startSink, startSource } from './peer-program.ts'
import { testDeployments } from './testing/deployments.ts'

const tests = testDeployments()
const { deploy } = tests

describe('the programs of a Linux host', () => {
  it('carries a stream from source to sink, every byte verified', async () => {
    const { node } = await deploy('veth', { offloads: 'off' })
    await writeFile(join(tests.directory, 'pattern'), createHash('sha512').update('pattern').digest())
    const content = { pattern: `${paths.shared}/pattern` }
    const before = await readCounters(node('peer'))
    const common = { content, warmupBytes: 1_000_000, chunkBytes: 65_536, connections: 2 }
    const sink = await startSink(node('peer'), { meet: { listen: 5001 }, ...common })
    await sink.ready
    const source = await startSource(node('stack'), {
      meet: { connect: '10.77.0.2:5001' },
      ...common,
      congestionControl: 'reno',
      bytes: 3_000_000,
    })
    const [sent, received] = await Promise.all([source.result, sink.result])
    expect(sent).toMatchObject({ bytesSent: 6_000_000, closed: true, failure: null })
    expect(received).toMatchObject({
      bytesReceived: 6_000_000,
      bytesVerified: 6_000_000,
      firstMismatch: null,
    })
    expect(received.measuredBytes).toBeLessThanOrEqual(4_000_000)
    expect(received.perConnection[0]?.tcpInfo.bytes_received).toBeGreaterThanOrEqual(3_000_000)
    const moved = countersBetween(before, await readCounters(node('peer')))
    expect(moved['Tcp.PassiveOpens']).toBe(2)
    expect(moved['Tcp.InSegs']).toBeGreaterThan(4000)
  })

  it('tells where a stream first differs from what was expected', async () => {
    const { node } = await deploy('veth')
    const bytes = Buffer.alloc(300_000, 'expected')
    await writeFile(join(tests.directory, 'expected'), bytes)
    bytes[234_567] = 0
    await writeFile(join(tests.directory, 'sent'), bytes)
    const sink = await startSink(node('peer'), {
      meet: { listen: 5001 },
      content: { file: `${paths.shared}/expected` },
      warmupBytes: 0,
    })
    await sink.ready
    const source = await startSource(node('stack'), {
      meet: { connect: '10.77.0.2:5001' },
      content: { file: `${paths.shared}/sent` },
      warmupBytes: 0,
      bytes: bytes.length,
    })
    await source.result
    expect(await sink.result).toMatchObject({
      bytesReceived: 300_000,
      bytesVerified: 234_567,
      firstMismatch: 234_567,
    })
  })

  it('carries requests and responses, several under way', async () => {
    const { node } = await deploy('veth')
    await writeFile(join(tests.directory, 'pattern'), 'pattern')
    const common = { pattern: `${paths.shared}/pattern`, requestBytes: 10, responseBytes: 2000 }
    const responder = await startResponder(node('peer'), { meet: { listen: 5001 }, ...common })
    await responder.ready
    const requester = await startRequester(node('stack'), {
      meet: { connect: '10.77.0.2:5001' },
      ...common,
      count: 500,
      warmupCount: 50,
      depth: 8,
    })
    const { transactions, firstMismatch, latencyMicros } = await requester.result
    expect({ transactions, firstMismatch }).toEqual({ transactions: 500, firstMismatch: null })
    expect(latencyMicros.p50).toBeLessThanOrEqual(latencyMicros.p99)
    expect(latencyMicros.min).toBeGreaterThan(0)
    expect(await responder.result).toMatchObject({ transactions: 550, firstMismatch: null })
  })

  it('tells that the sink was not there', async () => {
    const { node } = await deploy('veth')
    await writeFile(join(tests.directory, 'pattern'), 'pattern')
    const source = await startSource(node('stack'), {
      meet: { connect: '10.77.0.2:5001' },
      content: { pattern: `${paths.shared}/pattern` },
      warmupBytes: 0,
      bytes: 1,
    })
    await expect(source.result).rejects.toThrow(/ConnectionRefusedError/)
  })
})
