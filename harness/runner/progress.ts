/**
 * Says how a run goes: one line a sample, which also reads well in a log file, or, on a terminal, a few lines that are
 * redrawn in place below what was worth keeping.
 */
import pc from 'picocolors'
import type { Cell, Experiment } from '../matrix/experiment.ts'
import { comparedWith, type ScheduledSample } from '../matrix/schedule.ts'
import { supportedCells } from '../matrix/unsupported.ts'
import { formatQuantity } from '../measure/format.ts'
import { declaredMeasures } from '../measure/measures.ts'
import { gainsByRound, rateOf } from '../result/gains.ts'
import type { Failure, MeasuredSample, Sample } from '../result/sample.ts'
import { faultsOf, interferenceWith } from '../result/validity.ts'
import { medianInterval } from '../statistics/median.ts'
import { specificationOf } from '../workload/workloads.ts'
import type { SureSample } from './agenda.ts'
import { formatDuration, RemainingTime } from './remaining-time.ts'

/** A sample that was taken, and how the run stands after it. */
export interface Taken {
  readonly scheduled: ScheduledSample
  readonly sample: Sample
  /** All of the run so far. */
  readonly samples: readonly Sample[]
  /** Samples taken and those that are sure to come, `ahead`. */
  readonly planned: number
  readonly ahead: readonly SureSample[]
  /** Whether the experiment may need more rounds than are sure. */
  readonly isOpenEnded: boolean
}

export interface Progress {
  /** `there` of the samples were taken by an earlier process. */
  started(run: string, samples: number, there: number): void
  note(line: string): void
  sampled(taken: Taken): void
  /** Nothing follows. */
  ended(): void
}

/** What both sorts of progress say. */
class Words {
  readonly #remaining = new RemainingTime()
  readonly #explained = new Set<string>()

  started(run: string, samples: number, there: number): string {
    return there === 0
      ? `Run ${run}: ${samples} samples, or more where they differ much.`
      : `Run ${run} goes on: ${there} of ${samples} samples are there.`
  }

  /** `[ 3/14] tcp-send sequential-cipher-tap, round 1` */
  place({ scheduled, planned }: Taken): string {
    const { experiment, cell, round, attempt, order } = scheduled
    const count = `[${String(order + 1).padStart(String(planned).length)}/${planned}]`
    const again = attempt === 0 ? '' : ', once more'
    return `${pc.dim(count)} ${experiment.id} ${cell.id}, round ${round + 1}${again}`
  }

  result({ scheduled, sample }: Taken): string {
    if (sample.status === 'failed') return pc.red('failed')
    const disturbed = interferenceWith(sample)
    const remark = disturbed.length > 0 ? pc.yellow(`, does not count: ${disturbed.join('; ')}`) : ''
    return `${formatSample(scheduled.experiment, sample)}${remark}`
  }

  /** `about 12 min left`, `at least 12 min left`; empty at the end. */
  left(taken: Taken): string {
    const millis = this.#remaining.after(taken.scheduled, taken.sample.tookMillis ?? 0, taken.ahead)
    if (millis === 0) return taken.isOpenEnded ? 'more rounds if the ratios differ much' : ''
    return `${taken.isOpenEnded ? 'at least' : 'about'} ${formatDuration(millis)} left`
  }

  /** What has to stay to be read. Each reason once: many samples may fail for the same one, such as a peer that died. */
  remarks({ sample }: Taken): string[] {
    const failure = failureOf(sample)
    if (failure === undefined || this.#explained.has(failure.reason)) return []
    this.#explained.add(failure.reason)
    return [`${pc.red(failure.reason)}\n  → ${failure.remedy}`]
  }
}

export class LineProgress implements Progress {
  readonly #write: (line: string) => void
  readonly #words = new Words()

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  started(run: string, samples: number, there: number): void {
    this.#write(this.#words.started(run, samples, there))
  }

  note(line: string): void {
    this.#write(line)
  }

  sampled(taken: Taken): void {
    const words = this.#words
    const interval = formatGain(taken)
    const rest = [interval, words.left(taken)].filter(Boolean).join(', ')
    this.#write(`${words.place(taken)}: ${words.result(taken)}${pc.dim(rest === '' ? '' : `, ${rest}`)}`)
    for (const remark of words.remarks(taken)) this.#write(remark)
  }

  ended(): void {}
}

/** What a terminal has to be able to do: `log-update` on standard output. */
export interface Redrawn {
  /** Replaces what was drawn last. */
  draw(text: string): void
  /** Writes a line that stays, above what is drawn. */
  keep(line: string): void
  /** What is drawn stays; nothing follows. */
  done(): void
}

/** Lines of the cells of the experiment at hand, each with its last value and its ratio so far. */
export class TerminalProgress implements Progress {
  readonly #terminal: Redrawn
  readonly #words = new Words()
  #experiment = ''
  readonly #lines = new Map<string, string>()

  constructor(terminal: Redrawn) {
    this.#terminal = terminal
  }

  started(run: string, samples: number, there: number): void {
    this.#terminal.keep(this.#words.started(run, samples, there))
  }

  note(line: string): void {
    this.#terminal.keep(line)
  }

  sampled(taken: Taken): void {
    const { experiment, cell } = taken.scheduled
    if (this.#experiment !== experiment.id) {
      this.#terminal.done()
      this.#lines.clear()
      this.#experiment = experiment.id
    }
    for (const remark of this.#words.remarks(taken)) this.#terminal.keep(remark)
    const gain = formatGain(taken)
    this.#lines.set(cell.id, `  ${cell.id}: ${this.#words.result(taken)}${gain === '' ? '' : `, ${gain}`}`)
    const rows = supportedCells(experiment).map(({ id }) => this.#lines.get(id) ?? pc.dim(`  ${id}`))
    const left = this.#words.left(taken)
    const head = `${pc.bold(experiment.title)}\n${this.#words.place(taken)}${left === '' ? '' : pc.dim(`, ${left}`)}`
    this.#terminal.draw([head, ...rows].join('\n'))
  }

  ended(): void {
    this.#terminal.done()
  }
}

function failureOf(sample: Sample): Failure | undefined {
  if (sample.status === 'failed') return sample.failure
  const faults = faultsOf(sample)
  if (faults.length === 0) return undefined
  return { reason: `A sample is void: ${faults.join(', ')}.`, remedy: 'Its log has the details.' }
}

/** `1.88 times sequential-cipher-tap (1.80 … 1.95)`; empty where there is nothing to compare. */
function formatGain({ scheduled: { experiment, cell }, samples }: Taken): string {
  const over = comparedWith(cell, experiment)
  if (over === undefined) return ''
  const interval = intervalOf(experiment, cell, over, samples)
  if (interval === null) return ''
  const range = interval.samples === 1 ? '' : ` (${interval.low.toFixed(2)} … ${interval.high.toFixed(2)})`
  return `${interval.median.toFixed(2)} times ${over.id}${range}`
}

function intervalOf(experiment: Experiment, cell: Cell, over: Cell, samples: readonly Sample[]) {
  const own = samples.filter((sample) => sample.experiment === experiment.id)
  return medianInterval(gainsByRound(rateOf(experiment), cell.id, over.id, own))
}

/** The sample's value of the measure that the cells of the experiment are compared by. */
function formatSample({ workload }: Experiment, { measures }: MeasuredSample): string {
  const [name] = specificationOf(workload).measures
  return formatQuantity(declaredMeasures[name], measures[name] ?? null)
}
