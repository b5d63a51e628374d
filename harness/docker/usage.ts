import { readFile } from 'node:fs/promises'
import type Docker from 'dockerode'
import { HarnessError } from '../error.ts'
import { containerEnded } from './container.ts'
import { answerTo } from './engine/answer.ts'

/**
 * What a container has used, by the kernel's account of its control group (version 1 or 2), read from this
 * machine's files, or from the engine where these cannot be seen. Read before and after a measurement: the
 * difference is the container's own. The engine's account may be up to a second old, the files' is current.
 */
export interface Usage {
  /** Processor time since the container started, in microseconds. */
  readonly cpuMicros: number
  /** Memory held, without the page cache that can be given back, in bytes. */
  readonly memoryBytes: number
}

export interface Account {
  readonly source: 'files' | 'engine'
  read(): Promise<Usage>
}

/** Finds the account of a running container; `pid` is its first process on this machine. */
export async function accountOf(docker: Docker, containerId: string, pid: number): Promise<Account> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'latin1').catch(() => '')
  const mounts = await readFile('/proc/self/mounts', 'latin1').catch(() => '')
  const files = accountFiles(groups, mounts)
  if (files !== undefined && groups.includes(containerId)) {
    const ended = (error: unknown) => {
      throw containerEnded(containerId, "the kernel's account of it is gone.", error)
    }
    const account: Account = { source: 'files', read: () => readFiles(files).catch(ended) }
    const usage = await account.read().catch(() => undefined)
    if (usage !== undefined) return account
  }
  return { source: 'engine', read: () => readEngine(docker, containerId) }
}

export interface AccountFiles {
  readonly version: 1 | 2
  readonly cpu: string
  readonly memoryUsage: string
  readonly memoryDetails: string
}

/** From the texts of /proc/PID/cgroup and /proc/self/mounts; undefined if either does not tell. */
export function accountFiles(groups: string, mounts: string): AccountFiles | undefined {
  const cpu = directoryOf('cpuacct', groups, mounts)
  const memory = directoryOf('memory', groups, mounts)
  if (cpu !== undefined && memory !== undefined) {
    return {
      version: 1,
      cpu: `${cpu}/cpuacct.usage`,
      memoryUsage: `${memory}/memory.usage_in_bytes`,
      memoryDetails: `${memory}/memory.stat`,
    }
  }
  const unified = directoryOf('', groups, mounts)
  if (unified === undefined) return undefined
  return {
    version: 2,
    cpu: `${unified}/cpu.stat`,
    memoryUsage: `${unified}/memory.current`,
    memoryDetails: `${unified}/memory.stat`,
  }
}

/** Directory of a version 1 controller's group; of the version 2 group for the empty name. */
function directoryOf(controller: string, groups: string, mounts: string): string | undefined {
  const group = groups.split('\n').find((line) => line.split(':')[1]?.split(',').includes(controller))
  const mount = mounts.split('\n').find((line) => {
    const [, , type, options = ''] = line.split(' ')
    return controller === ''
      ? type === 'cgroup2'
      : type === 'cgroup' && options.split(',').includes(controller)
  })
  const path = group?.split(':').slice(2).join(':')
  const root = mount?.split(' ')[1]
  return path === undefined || root === undefined ? undefined : `${root}${path}`
}

async function readFiles(files: AccountFiles): Promise<Usage> {
  const [cpu, memoryUsage, memoryDetails] = await Promise.all([
    readFile(files.cpu, 'latin1'),
    readFile(files.memoryUsage, 'latin1'),
    readFile(files.memoryDetails, 'latin1'),
  ])
  const cpuMicros = files.version === 1 ? Number(cpu) / 1000 : field(cpu, 'usage_usec')
  const cacheBytes = field(memoryDetails, files.version === 1 ? 'total_inactive_file' : 'inactive_file')
  return { cpuMicros, memoryBytes: Math.max(0, Number(memoryUsage) - cacheBytes) }
}

/** A number from lines of `name value`; 0 if absent. */
function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

async function readEngine(docker: Docker, containerId: string): Promise<Usage> {
  const asking = docker.getContainer(containerId).stats({ stream: false, 'one-shot': true })
  const stats = await answerTo(`account for the container ${containerId.slice(0, 12)}`, asking)
  const nanos = stats.cpu_stats?.cpu_usage?.total_usage
  if (typeof nanos !== 'number') {
    throw new HarnessError(
      'Neither the kernel nor the engine accounts for the processor time of containers.',
      'Mount the control groups (cpuacct, or version 2) on this machine; see: make doctor',
    )
  }
  const held = stats.memory_stats?.usage ?? 0
  return { cpuMicros: nanos / 1000, memoryBytes: held - (stats.memory_stats?.stats?.inactive_file ?? 0) }
}
