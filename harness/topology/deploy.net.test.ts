import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { HarnessError } from '../error.ts'
import { countersBetween, readCounters } from './counters.ts'
import { type Deployment, deployTopology } from './deploy.ts'
import { describePeer } from './describe-peer.ts'
import { loadTopology } from './load.ts'
import { type DeployedNode, nodeProgram, paths } from './node.ts'
import { startRequester, startResponder } from './peer-exchange.ts'
import { startSink, startSource } from './peer-program.ts'
import { resolveTopology, type TopologyChanges } from './resolve.ts'

let directory: string
let deployment: Deployment | undefined

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
})
afterEach(() => deployment?.destroy())
afterAll(() => rm(directory, { recursive: true, force: true }))

async function deploy(id: string, changes: TopologyChanges = {}): Promise<Deployment> {
  const topology = resolveTopology(await loadTopology(id), changes)
  deployment = await deployTopology(topology, { runId: `test-${process.pid}`, directory })
  return deployment
}

/** The stand-in for the stack: frames in hexadecimal digits, both ways. */
async function standIn(node: DeployedNode) {
  const child = await node.spawn(['python3', `${paths.project}/harness/topology/testing/tap.py`, 'tap0'])
  const lines = child.lines()[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  return {
    send: (frame: string) => child.stdin.write(`${frame}\n`),
    /** The next frame that begins with these digits. */
    async receive(prefix: string): Promise<string> {
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error(`the stand-in ended: ${child.lastWords()}`)
        if (value.startsWith(prefix)) return value
      }
    },
    async end() {
      await child.kill('KILL')
      await child.exit
    },
  }
}

const stackMac = '020000000001'
const peerMac = '020000000002'
const arp = '0806000108000604'
/** Who has 10.77.0.2? Tell 10.77.0.1. */
const question = `ffffffffffff${stackMac}${arp}0001${stackMac}0a4d0001${'0'.repeat(12)}0a4d0002`
/** 10.77.0.2 is at the peer's address. */
const answer = `${stackMac}${peerMac}${arp}0002${peerMac}0a4d0002${stackMac}0a4d0001`

describe.each(['tap', 'tap-bridge'])('topology %s', (id) => {
  it('carries frames between the TAP and an unmodified peer, both ways', async () => {
    const { node, connectTap } = await deploy(id)
    const stack = await standIn(node('stack'))
    await connectTap('tap0')
    stack.send(question)
    expect(await stack.receive(stackMac)).toMatch(new RegExp(`^${answer}`))
    const { stdout } = await node('peer').exec(['ip', '-o', '-4', 'address', 'show', 'dev', 'eth0'])
    expect(stdout).toContain('inet 10.77.0.2/24')
  })

  it('connects a second TAP after the first has gone', async () => {
    const { node, connectTap } = await deploy(id, { mtuBytes: 9000 })
    for (let attempt = 0; attempt < 2; attempt++) {
      const stack = await standIn(node('stack'))
      await connectTap('tap0')
      stack.send(question)
      expect(await stack.receive(stackMac)).toMatch(new RegExp(`^${answer}`))
      const { stdout } = await node('peer').exec(['cat', '/sys/class/net/eth0/mtu'])
      expect(Number(stdout)).toBe(9000)
      await stack.end()
    }
  })
})

describe('topology tap-pair', () => {
  it('carries frames from one stack to the other', async () => {
    const { node, connectTap } = await deploy('tap-pair')
    const [first, second] = [await standIn(node('stack')), await standIn(node('peer'))]
    await connectTap('tap0', 'stack')
    await connectTap('tap0', 'peer')
    second.send('')
    first.send(question)
    expect(await second.receive('ffffffffffff')).toBe(question)
    second.send(answer)
    expect(await first.receive(stackMac)).toBe(answer)
  })
})

describe('topology veth', () => {
  it('joins two Linux hosts', async () => {
    const { node } = await deploy('veth')
    const ping = await node('peer').exec(['ping', '-c', '1', '-W', '5', '10.77.0.1'])
    expect(ping).toMatchObject({ exitCode: 0 })
  })

  it('switches offloads off and sets the MTU as asked', async () => {
    const { node } = await deploy('veth', { offloads: 'off', mtuBytes: 1400 })
    const { features, settings, kernel } = await describePeer(node('peer'))
    expect(features).toMatchObject({
      'tcp-segmentation-offload': 'off',
      'generic-segmentation-offload': 'off',
      'tx-checksumming': 'off',
    })
    expect(settings).toHaveProperty('ipv4/tcp_congestion_control')
    expect(kernel).not.toBe('')
    expect((await node('stack').exec(['cat', '/sys/class/net/eth0/mtu'])).stdout.trim()).toBe('1400')
  })

  it('carries a stream from source to sink, every byte verified', async () => {
    const { node } = await deploy('veth', { offloads: 'off' })
    await writeFile(join(directory, 'pattern'), createHash('sha512').update('pattern').digest())
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
    await writeFile(join(directory, 'expected'), bytes)
    bytes[234_567] = 0
    await writeFile(join(directory, 'sent'), bytes)
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
    await writeFile(join(directory, 'pattern'), 'pattern')
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
    await writeFile(join(directory, 'pattern'), 'pattern')
    const source = await startSource(node('stack'), {
      meet: { connect: '10.77.0.2:5001' },
      content: { pattern: `${paths.shared}/pattern` },
      warmupBytes: 0,
      bytes: 1,
    })
    await expect(source.result).rejects.toThrow(/ConnectionRefusedError/)
  })
})

describe('topology veth-packet', () => {
  it("leaves the stack's end of the wire without an address", async () => {
    const { node } = await deploy('veth-packet')
    const { stdout } = await node('stack').exec(['ip', '-o', 'address', 'show', 'dev', 'eth0'])
    expect(stdout).toBe('')
    expect((await node('stack').exec(['cat', '/sys/class/net/eth0/operstate'])).stdout.trim()).toBe('up')
  })
})

describe('a node', () => {
  it('runs the pinned Node from the project', async () => {
    const { node } = await deploy('tap')
    const result = await node('stack').exec([nodeProgram(), '--version'])
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^v2[6-9]\./) })
  })

  it('passes input, output, environment and exit codes through', async () => {
    const { node } = await deploy('veth')
    const lines: string[] = []
    const result = await node('peer').exec(['sh', '-c', 'cat; echo "$WORD" >&2; printf last; exit 3'], {
      input: 'first\n',
      environment: { WORD: 'second' },
      onLine: (line, output) => lines.push(`${output}: ${line}`),
    })
    expect(result).toEqual({ exitCode: 3, stdout: 'first\nlast', stderr: 'second' })
    expect(lines.sort()).toEqual(['stderr: second', 'stdout: first', 'stdout: last'])
  })

  it('takes 127 from a program that does not exist, and 137 when the container goes away', async () => {
    const { node, destroy } = await deploy('veth')
    expect(await node('peer').exec(['no-such-program'])).toMatchObject({ exitCode: 127 })
    const sleeper = await node('peer').spawn(['sleep', '100'])
    await destroy()
    expect(await sleeper.exit).toBe(137)
  })

  it('kills the program when the signal is aborted', async () => {
    const { node } = await deploy('veth')
    const reason = new Error('no longer wanted')
    await expect(node('peer').exec(['sleep', '100'], { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
    const abort = new AbortController()
    const sleeping = node('peer').exec(['sh', '-c', 'echo asleep; exec sleep 100'], {
      signal: abort.signal,
      onLine: () => abort.abort(reason),
    })
    await expect(sleeping).rejects.toBe(reason)
    expect(await node('peer').exec(['pgrep', 'sleep', '-c'])).toMatchObject({ stdout: '1\n' })
  })

  it('accounts for the processor time of its programs alone', async () => {
    const { node } = await deploy('veth')
    const [peerBefore, stackBefore] = await Promise.all([
      node('peer').cpuUsageMicros(),
      node('stack').cpuUsageMicros(),
    ])
    await node('peer').exec(['python3', '-c', 'import time\nwhile time.process_time() < 0.3: pass'])
    expect((await node('peer').cpuUsageMicros()) - peerBefore).toBeGreaterThan(290_000)
    expect((await node('stack').cpuUsageMicros()) - stackBefore).toBeLessThan(100_000)
    expect(await node('peer').memoryBytes()).toBeGreaterThan(0)
  })
})

describe('a deployment', () => {
  it('adds no interface to the host', async () => {
    const before = Object.keys(networkInterfaces())
    await deploy('tap-bridge')
    expect(Object.keys(networkInterfaces())).toEqual(before)
  })

  it('refuses what is not there, and says what is', async () => {
    const { node, connectTap, destroy } = await deploy('veth')
    expect(() => node('server')).toThrow(/Use one of: stack, peer/)
    await expect(connectTap('tap0')).rejects.toBeInstanceOf(HarnessError)
    await destroy()
    await destroy()
    await expect(node('peer').exec(['true'])).rejects.toBeInstanceOf(HarnessError)
  })
})
