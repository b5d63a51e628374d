/**
 * Says how a run goes: one line a sample, which also reads well in a log file; on a terminal the line is coloured.
 * The estimate of the time that is left sums up, for each sample to come, how long its cell's last sample took.
 */
import pc from 'picocolors'
import type { Experiment } from '../matrix/experiment.ts'
import type { ScheduledSample } from '../matrix/schedule.ts'
import { formatQuantity } from '../measure/format.ts'
import { declaredMeasures } from '../measure/measures.ts'
import type { Failure, MeasuredSample, Sample } from '../result/sample.ts'
import { specificationOf } from '../workload/workloads.ts'

export interface Progress {
  /** `there` of the samples were taken by an earlier process. */
  started(run: string, samples: number, there: number): void
  note(line: string): void
  sampled(scheduled: ScheduledSample, sample: Sample, tookMillis: number): void
}

export class LineProgress implements Progress {
  readonly #write: (line: string) => void
  readonly #remaining: RemainingTime
  readonly #planned: number
  readonly #explained = new Set<string>()

  constructor(schedule: readonly ScheduledSample[], write: (line: string) => void) {
    this.#write = write
    this.#planned = schedule.length
    this.#remaining = new RemainingTime(schedule)
  }

  started(run: string, samples: number, there: number): void {
    this.#write(
      there === 0
        ? `Run ${run}: ${samples} samples.`
        : `Run ${run} goes on: ${there} of ${samples} samples are there.`,
    )
  }

  note(line: string): void {
    this.#write(line)
  }

  sampled(scheduled: ScheduledSample, sample: Sample, tookMillis: number): void {
    const { experiment, cell, round, order } = scheduled
    const width = String(this.#planned).length
    const count = `[${String(order + 1).padStart(width)}/${this.#planned}]`
    const left = this.#remaining.after(scheduled, tookMillis)
    const result = sample.status === 'measured' ? formatSample(experiment, sample) : pc.red('failed')
    this.#write(`${pc.dim(count)} ${experiment.id} ${cell.id}, round ${round + 1}: ${result}${pc.dim(left)}`)
    if (sample.status === 'failed') this.#explain(sample.failure)
  }

  /** Explains each reason once: many samples may fail for the same one, such as a peer that died. */
  #explain(failure: Failure): void {
    if (this.#explained.has(failure.reason)) return
    this.#explained.add(failure.reason)
    this.#write(`${pc.red(failure.reason)}\n  → ${failure.remedy}`)
  }
}

/** Estimates by the time of each cell's last sample; a cell that had none yet counts with the average. */
class RemainingTime {
  readonly #schedule: readonly ScheduledSample[]
  readonly #lastMillis = new Map<string, number>()

  constructor(schedule: readonly ScheduledSample[]) {
    this.#schedule = schedule
  }

  after(done: ScheduledSample, tookMillis: number): string {
    this.#lastMillis.set(keyOf(done), tookMillis)
    const known = [...this.#lastMillis.values()]
    const average = known.reduce((sum, millis) => sum + millis, 0) / known.length
    let left = 0
    for (const next of this.#schedule.slice(done.order + 1))
      left += this.#lastMillis.get(keyOf(next)) ?? average
    return left === 0 ? '' : `, about ${formatDuration(left)} left`
  }
}

function keyOf(scheduled: ScheduledSample): string {
  return `${scheduled.experiment.id}/${scheduled.cell.id}`
}

/** The sample's value of the measure that the cells of the experiment are compared by. */
function formatSample({ workload }: Experiment, { measures }: MeasuredSample): string {
  const [name] = specificationOf(workload).measures
  return formatQuantity(declaredMeasures[name], measures[name] ?? null)
}

/** `40 s`, `12 min`, `1 h 05 min` */
export function formatDuration(millis: number): string {
  const seconds = Math.max(1, Math.round(millis / 1000))
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
