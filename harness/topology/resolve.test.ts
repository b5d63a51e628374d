import { describe, expect, it } from 'vitest'
import { loadTopology } from './load.ts'
import { resolveTopology } from './resolve.ts'

describe('resolving a topology', async () => {
  const tap = await loadTopology('tap')

  it('fills in every default', () => {
    const resolved = resolveTopology(tap)
    expect(resolved.nodes).toEqual([
      expect.objectContaining({
        name: 'stack',
        address: '10.77.0.1',
        prefixBits: 24,
        mac: '02:00:00:00:00:01',
      }),
      expect.objectContaining({
        name: 'peer',
        address: '10.77.0.2',
        prefixBits: 24,
        mac: '02:00:00:00:00:02',
      }),
    ])
    expect(resolved.links).toEqual([
      {
        kind: 'tap-move',
        first: resolved.nodes[0],
        second: resolved.nodes[1],
        mtuBytes: 1500,
        offloads: 'default',
      },
    ])
  })

  it('applies what an experiment changes', () => {
    const changes = { mtuBytes: 9000, offloads: 'off', processors: { peer: '1' } } as const
    const { links, nodes } = resolveTopology(tap, changes)
    expect(links[0]).toMatchObject({ mtuBytes: 9000, offloads: 'off' })
    expect(nodes.map((node) => node.processors)).toEqual([undefined, '1'])
  })

  it('puts another stack in the place of the one of a node’s role', () => {
    const { nodes } = resolveTopology(tap, { otherStacks: { stack: 'gvisor' } })
    expect(nodes.map((node) => node.otherStack)).toEqual(['gvisor', undefined])
    expect(() => resolveTopology(tap, { otherStacks: { server: 'gvisor' } })).toThrow(/no node "server"/)
  })

  it('refuses to place a node that does not exist', () => {
    expect(() => resolveTopology(tap, { processors: { server: '1' } })).toThrow(/no node "server"/)
  })
})
