import { describe, expect, it } from 'vitest'
import { loadTopology } from '../load.ts'
import { type ResolvedTopology, resolveTopology } from '../resolve.ts'
import { linkKindOf } from './kinds.ts'

const processes = { stack: 100, peer: 200 }
const inStack = 'nsenter --net=/proc/100/ns/net '
const inPeer = 'nsenter --net=/proc/200/ns/net '

function linesOf(topology: ResolvedTopology): string[] {
  return topology.links.flatMap((link) => linkKindOf(link).deploy(link, processes))
}

function connectLines(topology: ResolvedTopology, owner: 'stack' | 'peer', interfaceName: string): string[] {
  const [link] = topology.links
  const node = topology.nodes.find((each) => each.name === owner)
  if (link === undefined || node === undefined) throw new Error('no such link or node')
  return linkKindOf(link).connectTap?.(link, processes, node, interfaceName) ?? []
}

const resolve = async (id: string, changes = {}) => resolveTopology(await loadTopology(id), changes)

describe('a link', () => {
  it('moves the TAP into the peer and addresses it there', async () => {
    const tap = await resolve('tap')
    expect(linesOf(tap)).toEqual([])
    const lines = connectLines(tap, 'stack', 'tap7')
    expect(lines).toContain(`${inStack}ip link set dev tap7 netns 200 name eth0`)
    expect(lines).toContain(`${inPeer}ip link set dev eth0 address 02:00:00:00:00:02 mtu 1500`)
    expect(lines.slice(-2)).toEqual([
      `${inPeer}ip address add 10.77.0.2/24 dev eth0`,
      `${inPeer}ip route change 10.77.0.0/24 dev eth0 proto kernel scope link src 10.77.0.2 congctl cubic || true`,
    ])
  })

  it('makes a veth pair straight inside its namespaces, so that the host never sees it', async () => {
    const [first] = linesOf(await resolve('veth'))
    expect(first).toBe('ip link add name eth0 netns 100 type veth peer name eth0 netns 200')
  })

  it.each(['veth-packet', 'veth-packet-ring'])(
    'gives no address to the end where our stack listens: %s',
    async (id) => {
      const lines = linesOf(await resolve(id))
      expect(lines.filter((line) => line.includes('address add'))).toEqual([
        `${inPeer}ip address add 10.77.0.2/24 dev eth0`,
      ])
    },
  )

  it('touches offloads only when asked to', async () => {
    expect(linesOf(await resolve('veth')).join('\n')).not.toContain('ethtool')
    expect(linesOf(await resolve('veth', { offloads: 'off' })).join('\n')).toContain(
      `${inPeer}ethtool -K eth0 rx off tx off sg off tso off gso off gro off`,
    )
  })

  it.each([
    [12, '10.64.0.0'],
    [16, '10.77.0.0'],
    [30, '10.77.9.4'],
  ])('routes a network of %i bits by the congestion control of the host', (prefix, network) => {
    const topology = resolveTopology(
      {
        id: 'wide',
        title: 'Two hosts',
        nodes: {
          stack: { role: 'linux', address: '10.77.9.5/24' },
          peer: { role: 'linux', address: `10.77.9.6/${prefix}` },
        },
        links: [{ kind: 'veth', between: ['stack', 'peer'] }],
      },
      { tcp: { congestionControl: 'bbr', recovery: 'current' } },
    )
    expect(linesOf(topology)).toContain(
      `${inPeer}ip route change ${network}/${prefix} dev eth0 proto kernel scope link src 10.77.9.6 congctl bbr || true`,
    )
  })

  it('makes ends at switches their ports, and limits what leaves by a bottleneck at both', async () => {
    const { links } = await resolve('dumbbell')
    const pids = { stack: 1, peer: 2, rival: 3, 'rival-peer': 4, left: 5, right: 6 }
    const lines = links.flatMap((link) => linkKindOf(link).deploy(link, pids))
    expect(lines).toContain('ip link add name port-right netns 5 type veth peer name port-left netns 6')
    expect(lines.filter((line) => line.includes('tbf')).map((line) => line.split(' || ')[0])).toEqual([
      'nsenter --net=/proc/5/ns/net tc qdisc replace dev port-right root tbf rate 50000000bit burst 6250 limit 40000',
      'nsenter --net=/proc/6/ns/net tc qdisc replace dev port-left root tbf rate 50000000bit burst 6250 limit 40000',
    ])
    expect(lines).toContain(
      'nsenter --net=/proc/6/ns/net ip link set dev port-rival-peer mtu 1500 master switch up',
    )
  })

  it('names the ports of two stacks apart', async () => {
    const pair = await resolve('tap-pair')
    expect(connectLines(pair, 'stack', 'tap0')).toContain(
      `${inStack}ip link set dev tap0 netns 200 name port-stack`,
    )
    expect(connectLines(pair, 'peer', 'tap0')).toContain(`${inPeer}ip link set dev tap0 name port-peer`)
  })
})
