/** What a stack did during one task: the difference of two reports, whose counts begin with the stack. */
import type { Stack } from '../../stack/index.ts'
import type { PathEvents } from '../result/sample.ts'
import type { ProcessorTime, StackActivity } from './messages.ts'

type Report = ReturnType<Stack['report']>

export class Activity {
  readonly #stack: Stack
  readonly #before: Report
  readonly #timeBefore: ProcessorTime
  readonly #sleepsBefore: number

  constructor(stack: Stack) {
    this.#stack = stack
    this.#before = stack.report()
    this.#timeBefore = processorTimeOf(stack)
    this.#sleepsBefore = sumOverThreads(stack, 'sleeps')
  }

  sinceStart(): Omit<StackActivity, 'disturbed'> {
    const before = this.#before
    const report = this.#stack.report()
    return {
      // The total, not the difference: replicas that have diverged once stay different.
      divergences: report.divergences,
      digestsCompared: report.digestsCompared - before.digestsCompared,
      digestsMissed: report.digestsMissed - before.digestsMissed,
      processorTime: timeSince(this.#timeBefore, processorTimeOf(this.#stack)),
      // Raised to 0 like the times: a new replica has not slept.
      sleeps: Math.max(0, sumOverThreads(this.#stack, 'sleeps') - this.#sleepsBefore),
      protocol: difference(report.protocol, before.protocol),
      perReplica: report.perReplica.map((counters, k) => difference(counters, before.perReplica[k] ?? {})),
      framesIn: report.framesIn - before.framesIn,
      framesOut: report.framesOut - before.framesOut,
      ...pathSince(report.path, before.path),
      ...(report.processors === undefined ? {} : { processors: [...report.processors] }),
      note: report.note,
    }
  }
}

/** Since the process began, in microseconds. */
function processorTimeOf(stack: Stack): ProcessorTime {
  const whole = process.cpuUsage()
  const own = process.threadCpuUsage()
  const application = own.user + own.system
  return {
    application,
    threads: whole.user + whole.system - application,
    polling: sumOverThreads(stack, 'pollingMicros'),
  }
}

/** Of a live counter. */
function sumOverThreads(stack: Stack, counter: 'pollingMicros' | 'sleeps'): number {
  return stack.counters().perThread.reduce((sum, counters) => sum + counters[counter], 0)
}

/**
 * Each difference, raised to 0 if negative. It can be negative because the clocks of a process and of its thread are
 * not read at the same instant, and because the polling time of a new replica starts at 0.
 */
function timeSince(before: ProcessorTime, after: ProcessorTime): ProcessorTime {
  const since = (field: keyof ProcessorTime) => Math.max(0, after[field] - before[field])
  return { application: since('application'), threads: since('threads'), polling: since('polling') }
}

function pathSince(after: Report['path'], before: Report['path']): { path?: PathEvents } {
  if (after === undefined || before === undefined) return {}
  const outgoing = difference({ ...after.outgoing }, { ...before.outgoing })
  const incoming = difference({ ...after.incoming }, { ...before.incoming })
  return { path: { outgoing, incoming } as unknown as PathEvents }
}

/** Counters wrap at 2^32. */
function difference(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, (value - (before[name] ?? 0)) >>> 0]),
  )
}
