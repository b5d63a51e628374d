/** Whether the Linux hosts of a deployed topology send as they were set to: see tcp-settings.ts. */
import { HarnessError } from '../error.ts'
import type { DeployedNode } from './node.ts'
import { sysctlsOf } from './tcp-settings.ts'

/**
 * What a host is found to have: `congestionControl`, and each kernel setting that its recovery asks for. Throws
 * HarnessError if anything is not as it was set.
 */
export async function confirmTcp(node: DeployedNode): Promise<Record<string, string>> {
  const wanted = { congestionControl: node.tcp.congestionControl, ...sysctlsOf(node.tcp) }
  const found = await readTcp(node, Object.keys(sysctlsOf(node.tcp)))
  for (const [name, value] of Object.entries(wanted)) {
    if (found[name] === value) continue
    throw new HarnessError(
      `${node.name} should send with ${name} "${value}", but has ${found[name] === undefined ? 'none' : `"${found[name]}"`}.`,
      name === 'congestionControl'
        ? `This kernel lacks it: modprobe tcp_${value}, or leave it out of peerCongestion.`
        : 'This kernel cannot detect losses so: leave peerRecovery out of the cells.',
    )
  }
  return found
}

async function readTcp(node: DeployedNode, settings: readonly string[]): Promise<Record<string, string>> {
  const { stdout: route } = await node.exec(['ip', 'route', 'show', 'dev', node.interfaceName])
  const congestionControl = /congctl (\w+)/.exec(route)?.[1]
  const lines = settings.length === 0 ? '' : (await node.exec(['sysctl', '-e', ...settings])).stdout
  const pairs = lines.split('\n').flatMap((line) => {
    const [name, value] = line.split(' = ')
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  return { ...(congestionControl === undefined ? {} : { congestionControl }), ...Object.fromEntries(pairs) }
}
