/**
 * Processor time of every process of this machine, from the kernel's files. Read before and after a measurement: the
 * difference says who else used the processors meanwhile. Reads only.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ProcessTime {
  readonly parent: number
  readonly name: string
  /** In clock ticks since boot: with the number, it names a process, since numbers are used again. */
  readonly startTicks: number
  readonly isKernelThread: boolean
  /** User and system time in clock ticks, with that of children that have ended and were waited for. */
  readonly ticks: number
}

/** By process id. */
export type ProcessTimes = ReadonlyMap<number, ProcessTime>

/** A tick of the kernel's interface to programs (USER_HZ), the same on all architectures that Node runs on. */
export const tickMicros = 10_000

const kernelThreadFlag = 0x0020_0000

/** `proc` is where the process file system is mounted. A process that ends meanwhile is left out. */
export function readProcesses(proc = '/proc'): ProcessTimes {
  const processes = new Map<number, ProcessTime>()
  for (const name of readdirSync(proc)) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const process = parseProcess(readIfThere(join(proc, name, 'stat')))
    if (process !== undefined) processes.set(pid, process)
  }
  return processes
}

/** From the text of /proc/PID/stat (proc_pid_stat(5)). The name, in parentheses, may hold spaces and parentheses. */
export function parseProcess(text: string): ProcessTime | undefined {
  const nameEnds = text.lastIndexOf(')')
  if (nameEnds < 0) return undefined
  const fields = text.slice(nameEnds + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return {
    name: text.slice(text.indexOf('(') + 1, nameEnds),
    parent: field(4),
    isKernelThread: (field(9) & kernelThreadFlag) !== 0,
    // utime, stime, cutime, cstime
    ticks: field(14) + field(15) + field(16) + field(17),
    startTicks: field(22),
  }
}

/** Ticks that the machine below a virtual one took away, over all processors, since boot. From /proc/stat. */
export function stolenTicks(proc = '/proc'): number {
  const [all = ''] = readIfThere(join(proc, 'stat')).split('\n')
  return Number(all.split(/\s+/)[8] ?? 0)
}

/** The control groups of a process, as text; empty if it has ended. */
export function groupsOf(pid: number, proc = '/proc'): string {
  return readIfThere(join(proc, String(pid), 'cgroup'))
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
