import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Who a container or directory belongs to: one process of one boot, named so that a later process which got the
 * same process id is not taken for it. Written into labels and directory names as `pid.start.boot.namespace`.
 */
export interface Owner {
  readonly pid: number
  /** Start of the process, in clock ticks since boot (proc(5), stat field 22). */
  readonly startTicks: string
  /** First eight digits of the boot's random id. */
  readonly boot: string
  /** Inode of the process-id namespace: a process id means nothing outside it. */
  readonly namespace: string
}

/** `alive`, `dead`, or `unknown` where the owner lives in a process namespace that this process cannot see. */
export type OwnerState = 'alive' | 'dead' | 'unknown'

export function thisOwner(): Owner {
  return ownerOf(process.pid)
}

/** A process of this namespace as an owner; `startTicks` is `0`, which counts as dead, if there is no such process. */
export function ownerOf(pid: number): Owner {
  return { pid, startTicks: startTicksOf(pid) ?? '0', boot: bootId(), namespace: namespaceId() }
}

export function formatOwner(owner: Owner): string {
  return [owner.pid, owner.startTicks, owner.boot, owner.namespace].join('.')
}

/** Undefined if the text was not written by formatOwner. */
export function parseOwner(text: string): Owner | undefined {
  const match = /^(\d+)\.(\d+)\.([0-9a-f]*)\.(\d*)$/.exec(text)
  if (match === null) return undefined
  const [, pid = '', startTicks = '', boot = '', namespace = ''] = match
  return { pid: Number(pid), startTicks, boot, namespace }
}

export function ownerState(owner: Owner): OwnerState {
  if (owner.boot !== bootId()) return 'dead'
  if (owner.namespace !== namespaceId()) return 'unknown'
  return startTicksOf(owner.pid) === owner.startTicks ? 'alive' : 'dead'
}

/** Field 22 of /proc/PID/stat; undefined if there is no such process, or if it is a zombie. */
function startTicksOf(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  return parseStartTicks(stat)
}

/** The command name (field 2) may hold spaces and parentheses, so fields are counted from its last one. */
export function parseStartTicks(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return fields[19]
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
}

function namespaceId(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''
}
