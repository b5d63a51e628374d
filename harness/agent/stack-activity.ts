/** What a stack did during one task: reports are totals since the stack began. */
import type { Stack } from '../../stack/index.ts'
import type { PathEvents } from '../result/sample.ts'
import type { StackActivity } from './messages.ts'

type Report = ReturnType<Stack['report']>

export class Activity {
  readonly #stack: Stack
  readonly #before: Report

  constructor(stack: Stack) {
    this.#stack = stack
    this.#before = stack.report()
  }

  sinceStart(): Omit<StackActivity, 'disturbed'> {
    const before = this.#before
    const report = this.#stack.report()
    return {
      // Not a difference: once diverged, always diverged.
      divergences: report.divergences,
      digestsCompared: report.digestsCompared - before.digestsCompared,
      digestsMissed: report.digestsMissed - before.digestsMissed,
      protocol: difference(report.protocol, before.protocol),
      perReplica: report.perReplica.map((counters, k) => difference(counters, before.perReplica[k] ?? {})),
      framesIn: report.framesIn - before.framesIn,
      framesOut: report.framesOut - before.framesOut,
      ...pathSince(report.path, before.path),
      note: report.note,
    }
  }
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
