import type { DeployedNode } from './node.ts'

/** What a Linux host is like, for a run's manifest: its kernel and the settings that govern its TCP. */
export interface PeerDescription {
  readonly kernel: string
  /** Values of /proc/sys/net, by name; a setting this kernel lacks is absent. */
  readonly settings: Readonly<Record<string, string>>
  /** Features of its interface as `ethtool -k` names them: on, off. Empty if it has no interface yet. */
  readonly features: Readonly<Record<string, string>>
}

const settingNames = [
  'core/rmem_max',
  'core/wmem_max',
  'core/default_qdisc',
  'ipv4/tcp_congestion_control',
  'ipv4/tcp_available_congestion_control',
  'ipv4/tcp_rmem',
  'ipv4/tcp_wmem',
  'ipv4/tcp_sack',
  'ipv4/tcp_dsack',
  'ipv4/tcp_timestamps',
  'ipv4/tcp_window_scaling',
  'ipv4/tcp_ecn',
  'ipv4/tcp_reordering',
  'ipv4/tcp_max_reordering',
  'ipv4/tcp_recovery',
  'ipv4/tcp_early_retrans',
  'ipv4/tcp_moderate_rcvbuf',
  'ipv4/tcp_slow_start_after_idle',
  'ipv4/tcp_no_metrics_save',
  'ipv4/tcp_limit_output_bytes',
]

export async function describePeer(node: DeployedNode): Promise<PeerDescription> {
  const [kernel, settings, features] = await Promise.all([
    node.exec(['uname', '-rv']),
    node.exec(['sh', '-c', 'cd /proc/sys/net; grep -s "" "$@"', 'sh', ...settingNames]),
    node.exec(['ethtool', '-k', node.interfaceName]),
  ])
  return {
    kernel: kernel.stdout.trim(),
    settings: parsePairs(settings.stdout, ':'),
    features: parsePairs(features.stdout, ': '),
  }
}

/** Parses lines `name<separator>value`. White space around both is dropped; within a value it becomes one blank. */
export function parsePairs(text: string, separator: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf(separator)
    const value = line
      .slice(at + separator.length)
      .trim()
      .replace(/\s+/g, ' ')
    return at < 0 || value === '' ? [] : [[line.slice(0, at).trim(), value] as const]
  })
  return Object.fromEntries(pairs)
}
