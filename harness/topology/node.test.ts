import { expect, test } from 'vitest'
import type { OtherStackName } from '../other-stacks/other-stacks.ts'
import { loadTopology } from './load.ts'
import { roleSpec } from './node.ts'
import { resolveTopology } from './resolve.ts'

async function stackNode(topology: string, otherStack?: OtherStackName) {
  const otherStacks = otherStack === undefined ? {} : { stack: otherStack }
  const [node] = resolveTopology(await loadTopology(topology), { otherStacks }).nodes
  if (node === undefined) throw new Error('no node')
  return roleSpec(node, 'shared')
}

test('a Linux host has no device and few rights; what another stack needs is added', async () => {
  expect(await stackNode('veth')).toMatchObject({ capabilities: ['NET_ADMIN', 'NET_RAW'], devices: [] })
  expect(await stackNode('veth', 'pasta')).toMatchObject({
    capabilities: ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN'],
    devices: ['/dev/net/tun'],
  })
})

test('a stack that opens its device has what ours has', async () => {
  const { capabilities, devices } = await stackNode('tap')
  expect(await stackNode('tap', 'gvisor')).toMatchObject({ capabilities, devices })
})
