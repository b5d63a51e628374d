/**
 * What disturbed a measurement from outside: processor time that others used or that the machine below took, and
 * processors that were slowed down for their heat. Two processors that are both needed tell nothing about a stack while
 * somebody else uses one of them.
 *
 * Of this run are: the process that runs it with its children, the containers of the topology that is measured, and
 * the engine that drives them. In its other containers everything waits meanwhile, and would rightly count as foreign. The
 * kernel's own threads count as nobody's: what they do here is mostly to carry the run's frames.
 */
import { z } from 'zod'
import { groupsOf, type ProcessTimes, readProcesses, stolenTicks, tickMicros } from './processes.ts'
import { throttleCount } from './throttling.ts'

const micros = z.number().nonnegative()

export const interferenceSchema = z.strictObject({
  /** How long was watched, in microseconds. */
  windowMicros: z.number().positive(),
  /** Processor time of processes that are not of this run. */
  foreignMicros: micros,
  /** The name of the process that used most of it; empty if none did. */
  foreignName: z.string(),
  /** Processor time that a virtual machine wanted and did not get. */
  stolenMicros: micros,
  /** How often the processors were slowed down for their heat; null if the machine does not tell. */
  throttled: z.int().nonnegative().nullable(),
})

export type Interference = z.infer<typeof interferenceSchema>

/** The engine's parts, by the kernel's names of them, which have at most 15 letters. */
const engineNames = ['dockerd', 'containerd', 'containerd-shim', 'docker-proxy', 'runc', 'docker-init']

/**
 * Begins to watch; the function that it returns ends that. Undefined: the processes of the run's containers cannot be seen
 * from here, so that nobody knows which processes are foreign to them.
 */
export function watchInterference(
  containerIds: readonly string[],
  proc = '/proc',
): () => Interference | undefined {
  const before = readAll(proc)
  return () => {
    const after = readAll(proc)
    const foreign = foreignTicks(before.processes, after.processes, containerIds, proc)
    if (foreign === undefined) return undefined
    return {
      windowMicros: Math.max(1, after.atMicros - before.atMicros),
      foreignMicros: foreign.ticks * tickMicros,
      foreignName: foreign.name,
      stolenMicros: Math.max(0, after.stolen - before.stolen) * tickMicros,
      throttled:
        after.throttled === null || before.throttled === null
          ? null
          : Math.max(0, after.throttled - before.throttled),
    }
  }
}

function readAll(proc: string) {
  return {
    atMicros: performance.now() * 1000,
    processes: readProcesses(proc),
    stolen: stolenTicks(proc),
    throttled: throttleCount(),
  }
}

/**
 * A process that ended took its time to its parent, which waited for it, and so on up to one that is still there. What it had
 * used before the watch began is taken off there, or it would be counted as used meanwhile.
 */
function foreignTicks(
  before: ProcessTimes,
  after: ProcessTimes,
  containerIds: readonly string[],
  proc: string,
): { ticks: number; name: string } | undefined {
  const used = new Map<number, number>()
  for (const [pid, { ticks, startTicks }] of after) {
    const known = before.get(pid)
    used.set(pid, ticks - (known?.startTicks === startTicks ? known.ticks : 0))
  }
  for (const [pid, { ticks }] of before) {
    if (isStill(pid, before, after)) continue
    const heir = heirOf(pid, before, after)
    if (heir !== undefined) used.set(heir, (used.get(heir) ?? 0) - ticks)
  }
  const groups = new Map<number, string>()
  const isContained = (pid: number) => {
    if (!groups.has(pid)) groups.set(pid, groupsOf(pid, proc))
    return containerIds.some((id) => groups.get(pid)?.includes(id))
  }
  let [total, most, name] = [0, 0, '']
  for (const [pid, ticks] of used) {
    const process = after.get(pid)
    if (process === undefined || process.isKernelThread || ticks <= 0) continue
    if (engineNames.includes(process.name) || isOfThisRun(pid, after) || isContained(pid)) continue
    total += ticks
    if (ticks <= most) continue
    most = ticks
    name = process.name
  }
  const isVisible = containerIds.length === 0 || [...after.keys()].some(isContained)
  return isVisible ? { ticks: total, name } : undefined
}

/** Whether the process that had this number before has it still. */
function isStill(pid: number, before: ProcessTimes, after: ProcessTimes): boolean {
  return after.has(pid) && after.get(pid)?.startTicks === before.get(pid)?.startTicks
}

/** The nearest ancestor of a process that is still there. */
function heirOf(pid: number, before: ProcessTimes, after: ProcessTimes): number | undefined {
  const seen = new Set<number>()
  for (
    let at = before.get(pid)?.parent ?? 0;
    before.has(at) && !seen.has(at);
    at = before.get(at)?.parent ?? 0
  ) {
    if (isStill(at, before, after)) return at
    seen.add(at)
  }
  return undefined
}

/** Whether it is this process, or a descendant. */
function isOfThisRun(pid: number, processes: ProcessTimes): boolean {
  const seen = new Set<number>()
  for (let at = pid; at > 0 && !seen.has(at); at = processes.get(at)?.parent ?? 0) {
    if (at === process.pid) return true
    seen.add(at)
  }
  return false
}
