import { expect, test } from 'vitest'
import { filesOf, stackRecipe } from '../docker/recipe.ts'
import { otherStack, otherStackNames } from './other-stacks.ts'

const place = { address: '10.77.0.1', prefixBits: 24, interfaceName: 'eth0' }
const usual = ['env', 'PYTHONPATH=/peer', 'python3', '/peer/host.py']
const proxies = ['pasta', 'slirp4netns'] as const

test('the kernel’s own stack is that of every host: it needs nothing', () => {
  expect(otherStack('linux')).toEqual({ role: 'linux' })
})

test('every other stack has a recipe, a process for programs, and words for readers', async () => {
  for (const name of otherStackNames.filter((each) => each !== 'linux')) {
    const { container, programHost, description = '' } = otherStack(name)
    const files = await filesOf(stackRecipe(container?.image ?? ''))
    expect([...files.keys()], name).toContain('Dockerfile')
    expect(programHost?.(place, usual).length, name).toBeGreaterThan(0)
    expect(description, name).toMatch(/\.$/)
  }
})

test.each(proxies)('%s runs the process of every Linux host, behind its TAP', (name) => {
  const { role, container, programHost } = otherStack(name)
  expect(role).toBe('linux')
  expect(container?.devices).toEqual(['/dev/net/tun'])
  expect(programHost?.(place, usual).slice(-usual.length)).toEqual(usual)
})

test('pasta gets the address of its node, and a gateway of the same network', () => {
  const command = otherStack('pasta').programHost?.(place, usual) ?? []
  const valueAfter = (option: string) => command[command.indexOf(option) + 1]
  expect(['--interface', '--address', '--netmask', '--gateway'].map(valueAfter)).toEqual([
    'eth0',
    '10.77.0.1',
    '24',
    '10.77.0.254',
  ])
})

test('netstack opens the device of its link by itself, and runs programs of its own', () => {
  const { role, container, programHost } = otherStack('gvisor')
  expect(role).toBe('stack')
  expect(container?.capabilities).toEqual([])
  expect(programHost?.(place, usual)).toEqual(['netstack-host'])
})
