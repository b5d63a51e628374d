/** How long a run will still take, by how long its samples took. */
import type { SureSample } from './agenda.ts'

/** Estimates by the time of each cell's last sample; a cell that had none yet counts with the average. */
export class RemainingTime {
  readonly #lastMillis = new Map<string, number>()

  /** After a sample that took so long, in milliseconds; 0 if nothing is sure to come. */
  after(taken: SureSample, tookMillis: number, ahead: readonly SureSample[]): number {
    this.#lastMillis.set(keyOf(taken), tookMillis)
    const known = [...this.#lastMillis.values()]
    const average = known.reduce((sum, millis) => sum + millis, 0) / known.length
    return ahead.reduce((left, next) => left + (this.#lastMillis.get(keyOf(next)) ?? average), 0)
  }
}

function keyOf({ experiment, cell }: SureSample): string {
  return `${experiment.id}/${cell.id}`
}

/** `40 s`, `12 min`, `1 h 05 min` */
export function formatDuration(millis: number): string {
  const seconds = Math.max(1, Math.round(millis / 1000))
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
