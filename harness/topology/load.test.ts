import { describe, expect, it } from 'vitest'
import { HarnessError } from '../error.ts'
import type { Topology } from './define.ts'
import { checkTopology, listTopologies, loadTopology } from './load.ts'

const valid: Topology = {
  id: 'example',
  title: 'Two hosts',
  nodes: {
    stack: { role: 'stack', address: '10.77.0.1/24' },
    peer: { role: 'linux', address: '10.77.0.2/24' },
  },
  links: [{ kind: 'tap-move', between: ['stack', 'peer'] }],
}

const check = (changes: object) => () =>
  checkTopology({ ...valid, ...changes }, 'topologies/example.ts', 'example')

describe('the topologies of the project', () => {
  it('are all valid', async () => {
    const ids = await listTopologies()
    expect(ids).toEqual(expect.arrayContaining(['tap', 'tap-bridge', 'veth']))
    for (const id of ids) expect((await loadTopology(id)).id).toBe(id)
  })

  it('are named in the error for one that does not exist', async () => {
    await expect(loadTopology('ring')).rejects.toThrow(/no topology "ring"[\s\S]*tap-bridge/)
  })
})

describe('a topology', () => {
  it('is accepted as written', () => {
    expect(check({})()).toEqual(valid)
  })

  it.each<[string, object, RegExp]>([
    ['an unknown field', { color: 'red' }, /color/],
    ['another id than its file', { id: 'other' }, /id is "other"/],
    ['no links', { links: [] }, /links/],
    ['an unknown kind of link', { links: [{ kind: 'rope', between: ['stack', 'peer'] }] }, /links\.0\.kind/],
    [
      'a link to nowhere',
      { links: [{ kind: 'veth', between: ['stack', 'server'] }] },
      /links\.0\.between\.1: there is no node "server"; nodes: stack, peer/,
    ],
    [
      'a TAP that begins at a Linux host',
      { links: [{ kind: 'tap-move', between: ['peer', 'stack'] }] },
      /links\.0\.between\.0: a tap-move link begins at a node of role "stack"/,
    ],
    [
      'an address without prefix',
      { nodes: { ...valid.nodes, peer: { role: 'linux', address: '10.77.0.2' } } },
      /nodes\.peer\.address: must be an IPv4 address with its prefix/,
    ],
    [
      'an address that is no address',
      { nodes: { ...valid.nodes, peer: { role: 'linux', address: '10.77.0.300/24' } } },
      /nodes\.peer\.address/,
    ],
    [
      'an address used twice',
      { nodes: { ...valid.nodes, peer: { role: 'linux', address: '10.77.0.1/16' } } },
      /nodes\.peer\.address: is used twice/,
    ],
    [
      'a node without a link',
      { nodes: { ...valid.nodes, third: { role: 'linux', address: '10.77.0.3/24' } } },
      /nodes\.third: must be an end of exactly one link, not of 0/,
    ],
    [
      'a switch with an address',
      { nodes: { ...valid.nodes, middle: { role: 'switch', address: '10.77.0.9/24' } } },
      /nodes\.middle: must join two links or more, not 0[\s\S]*nodes\.middle\.address: a switch has none/,
    ],
    [
      'a host without an address',
      { nodes: { ...valid.nodes, peer: { role: 'linux' } } },
      /nodes\.peer\.address: missing: every host has one/,
    ],
    [
      'a TAP at a switch that is none',
      { links: [{ kind: 'tap-port', between: ['stack', 'peer'] }] },
      /links\.0\.between\.1: a tap-port link ends at a node of role "switch"/,
    ],
    [
      'a TAP moved into a switch',
      { nodes: { ...valid.nodes, peer: { role: 'switch' } } },
      /links\.0\.between\.1: a tap-move link ends at a node of role "linux"/,
    ],
    [
      'a bottleneck in a TAP',
      {
        links: [{ ...valid.links[0], bottleneck: { rateBitsPerSecond: 1e6, queueBytes: 10_000 } }],
      },
      /links\.0\.bottleneck: is a property of veth links/,
    ],
    [
      'a multicast hardware address',
      {
        nodes: { ...valid.nodes, peer: { role: 'linux', address: '10.77.0.2/24', mac: '03:00:00:00:00:01' } },
      },
      /nodes\.peer\.mac/,
    ],
    [
      'a name too long for an interface',
      { nodes: { ...valid.nodes, 'a-very-long-name': { role: 'linux', address: '10.77.0.3/24' } } },
      /nodes\.a-very-long-name/,
    ],
  ])('is refused with %s, and the error names the field', (_, changes, message) => {
    expect(check(changes)).toThrow(HarnessError)
    expect(check(changes)).toThrow(message)
    expect(check(changes)).toThrow(/topologies\/example\.ts/)
  })

  it('is asked for by name if a file exports none', () => {
    expect(() => checkTopology(undefined, 'topologies/example.ts', 'example')).toThrow(
      /export const topology/,
    )
  })
})
