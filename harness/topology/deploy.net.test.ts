import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { HarnessError } from '../error.ts'
import { describePeer } from './describe-peer.ts'
import { type DeployedNode, paths } from './node.ts'
import { testDeployments } from './testing/deployments.ts'

const { deploy } = testDeployments()

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

describe.each(['tap', 'tap-bridge', 'dumbbell'])('topology %s', (id) => {
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

describe('topology dumbbell', () => {
  it('joins all hosts, and limits what crosses the middle, both ways', async () => {
    const { node } = await deploy('dumbbell-linux')
    for (const host of ['stack', 'rival']) {
      for (const address of ['10.77.0.2', '10.77.0.4']) {
        const ping = await node(host).exec(['ping', '-c', '1', '-W', '5', address])
        expect(ping).toMatchObject({ exitCode: 0 })
      }
    }
    for (const [side, port] of [
      ['left', 'port-right'],
      ['right', 'port-left'],
    ] as const) {
      const { stdout } = await node(side).exec(['tc', '-s', 'qdisc', 'show', 'dev', port])
      expect(stdout).toContain('tbf')
      expect(stdout).toContain('rate 50Mbit')
      // The echoes of two hosts to two hosts, at least.
      expect(Number(/Sent \d+ bytes (\d+) pkt/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(4)
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
})

describe.each(['veth-packet', 'veth-packet-ring'])('topology %s', (id) => {
  it("leaves the stack's end of the wire without an address", async () => {
    const { node } = await deploy(id)
    const { stdout } = await node('stack').exec(['ip', '-o', 'address', 'show', 'dev', 'eth0'])
    expect(stdout).toBe('')
    expect((await node('stack').exec(['cat', '/sys/class/net/eth0/operstate'])).stdout.trim()).toBe('up')
  })

  it('has frames of at most the MTU with complete checksums: no offloads at either end', async () => {
    const { node } = await deploy(id)
    for (const end of ['stack', 'peer']) {
      const { features } = await describePeer(node(end))
      expect(features).toMatchObject({
        'tx-checksumming': 'off',
        'rx-checksumming': 'off',
        'tcp-segmentation-offload': 'off',
        'generic-segmentation-offload': 'off',
        'generic-receive-offload': 'off',
      })
    }
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
