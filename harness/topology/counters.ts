import { readFile } from 'node:fs/promises'
import { HarnessError } from '../error.ts'
import type { DeployedNode } from './node.ts'

/**
 * The network counters of a Linux host's namespace, by the kernel's names with their protocol in front:
 * `Tcp.RetransSegs`, `TcpExt.TCPOFOQueue`. Read before and after a measurement; only differences mean anything.
 */
export type Counters = Readonly<Record<string, number>>

/** From this machine's files where the container runs here: a command in the container costs its processors 100 ms. */
export async function readCounters(
  node: Pick<DeployedNode, 'name' | 'exec' | 'pid' | 'containerId'>,
): Promise<Counters> {
  const own = await readOfProcess(node).catch(() => undefined)
  return parseCounters(own ?? (await readInside(node)))
}

const files = ['snmp', 'netstat']

/** The files of a process show its network namespace. Undefined: the process of that number is not the container's. */
async function readOfProcess({
  pid,
  containerId,
}: Pick<DeployedNode, 'pid' | 'containerId'>): Promise<string | undefined> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'latin1')
  if (!groups.includes(containerId)) return undefined
  const texts = await Promise.all(files.map((name) => readFile(`/proc/${pid}/net/${name}`, 'latin1')))
  return texts.join('')
}

async function readInside(node: Pick<DeployedNode, 'name' | 'exec'>): Promise<string> {
  const result = await node.exec(['cat', ...files.map((name) => `/proc/net/${name}`)])
  if (result.exitCode === 0) return result.stdout
  throw new HarnessError(
    `The network counters of ${node.name} cannot be read: ${result.stderr}`,
    'See what this machine lacks: make doctor',
  )
}

/** Pairs of lines in /proc/net/snmp and netstat: names, then values, both behind the protocol's name. */
export function parseCounters(text: string): Counters {
  const counters: Record<string, number> = {}
  const lines = text.trim().split('\n')
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [protocol, ...names] = (lines[at] ?? '').split(' ')
    const [, ...values] = (lines[at + 1] ?? '').split(' ')
    names.forEach((name, index) => {
      counters[`${protocol?.replace(':', '')}.${name}`] = Number(values[index])
    })
  }
  return counters
}

/** What was counted between two readings; counters that did not move are left out. */
export function countersBetween(before: Counters, after: Counters): Counters {
  const moved = Object.entries(after)
    .map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
    .filter(([, difference]) => difference !== 0)
  return Object.fromEntries(moved)
}

/**
 * Losses, reordering and the like on the path and at this host, in a few numbers for a report. The comments name the
 * kernel's counters.
 */
export interface PathEvents {
  /** TCPOFOQueue: segments that this host received out of order. */
  readonly queuedOutOfOrder: number
  /** Tcp.RetransSegs: segments this host sent again. */
  readonly retransmitted: number
  /** TCPDSACKRecv + TCPDSACKOfoRecv: the other end reported that it had received bytes of this host twice. */
  readonly duplicatesReported: number
  /** TCPDSACKOldSent + TCPDSACKOfoSent: this host received bytes twice. */
  readonly duplicatesSeen: number
  /** TCPSACKReorder + TCPTSReorder + TCPRenoReorder: this host, sending, detected reordering. */
  readonly reorderingDetected: number
  /** Tcp.InCsumErrors: segments with a wrong checksum. */
  readonly checksumErrors: number
  /** TCPTimeouts: retransmission timers that expired. */
  readonly timeouts: number
}

export function pathEvents(counters: Counters): PathEvents {
  const sum = (...names: string[]) => names.reduce((total, name) => total + (counters[name] ?? 0), 0)
  return {
    queuedOutOfOrder: sum('TcpExt.TCPOFOQueue'),
    retransmitted: sum('Tcp.RetransSegs'),
    duplicatesReported: sum('TcpExt.TCPDSACKRecv', 'TcpExt.TCPDSACKOfoRecv'),
    duplicatesSeen: sum('TcpExt.TCPDSACKOldSent', 'TcpExt.TCPDSACKOfoSent'),
    reorderingDetected: sum('TcpExt.TCPSACKReorder', 'TcpExt.TCPTSReorder', 'TcpExt.TCPRenoReorder'),
    checksumErrors: sum('Tcp.InCsumErrors'),
    timeouts: sum('TcpExt.TCPTimeouts'),
  }
}

/** The state of a host's TCP connections as `ss -tim` shows it, for a log. */
export async function socketSnapshot(node: Pick<DeployedNode, 'exec'>): Promise<string> {
  return (await node.exec(['ss', '-tinmH'])).stdout
}
