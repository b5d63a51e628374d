/**
 * Whether a measured sample counts. A sample whose bytes or states were wrong is void; one that was disturbed from outside
 * says nothing about the stack. Both are kept and shown, but left out of every median. Pure.
 */
import type { Delivery, MeasuredSample, Measurement, Sample } from './sample.ts'

/** What of a sample decides whether it is void. */
interface Judged {
  readonly divergences: number
  readonly deliveries: readonly Delivery[]
}

/** Why a sample is void; empty if it is sound. */
export function faultsOf(sample: Judged): string[] {
  const faults: string[] = []
  if (sample.divergences > 0) faults.push(`${sample.divergences} state digests differed between replicas`)
  for (const { unit, sent, received, verified, mayBeLost = false } of sample.deliveries) {
    if (received !== sent && !mayBeLost) faults.push(`${sent} ${unit} were sent, ${received} received`)
    if (verified !== received) faults.push(`${received} ${unit} were received, ${verified} verified`)
  }
  return faults
}

/**
 * The share of one processor that others may use. Of two processors it is a twentieth, as much as a run aims to know its
 * ratios by.
 */
const foreignShare = 0.1
/** The kernel counts in ticks of 10 ms, for each process: less than this is not told apart from rounding. */
const leastForeignMicros = 30_000

/** What disturbed a sample from outside, in words; empty if nothing did, or if it was not observed. */
export function interferenceWith({ interference }: Pick<Measurement, 'interference'>): string[] {
  if (interference === undefined) return []
  const { foreignMicros, foreignName, stolenMicros, throttled, windowMicros } = interference
  const allowed = Math.max(leastForeignMicros, foreignShare * windowMicros)
  const share = (micros: number) => `${Math.round((100 * micros) / windowMicros)} % of a processor`
  return [
    ...(foreignMicros > allowed ? [`others used ${share(foreignMicros)}, most of it "${foreignName}"`] : []),
    ...(stolenMicros > allowed ? [`${share(stolenMicros)} went to other virtual machines`] : []),
    ...((throttled ?? 0) > 0 ? ['the processors were slowed down because they were hot'] : []),
  ]
}

/** Whether a sample was taken, but was disturbed from outside. (What an experiment does to its replicas is something else.) */
export function isInterfered(sample: Sample): sample is MeasuredSample {
  return sample.status === 'measured' && interferenceWith(sample).length > 0
}

/** Whether medians and ratios rest on a sample. */
export function isCounted(sample: Sample): sample is MeasuredSample {
  return sample.status === 'measured' && faultsOf(sample).length === 0 && !isInterfered(sample)
}

/** The share of one processor at which the program of a Linux peer, which has one thread, can do no more. */
const saturatedShare = 0.95

/**
 * Whether the peer was busy all the time: then the stack may be faster than it was measured. Null: not observed, or the
 * peer is a stack of ours, which has several threads.
 */
export function isPeerSaturated({
  cpuMicros,
  interference,
  peerStack,
}: Pick<Measurement, 'cpuMicros' | 'interference' | 'peerStack'>): boolean | null {
  if (cpuMicros.peer === null || interference === undefined || peerStack !== undefined) return null
  return cpuMicros.peer >= saturatedShare * interference.windowMicros
}
