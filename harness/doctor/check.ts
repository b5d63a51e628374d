/** One finding about this machine. */
export interface Check {
  readonly id: string
  readonly title: string
  /** `limited`: works, with the loss that `meaning` names. `missing`: experiments cannot run. */
  readonly state: CheckState
  /** What was found. */
  readonly finding: string
  /** What it means for the experiments. */
  readonly meaning: string
  /** A command or sentence that mends it; absent when nothing is to be done. */
  readonly remedy?: string
}

export type CheckState = 'ok' | 'limited' | 'missing'

export interface DoctorReport {
  readonly checks: readonly Check[]
  /** Experiments can run: nothing is missing. */
  readonly ready: boolean
}

export interface Verdict {
  readonly state: CheckState
  readonly finding: string
  readonly remedy?: string | undefined
}

/** Joins the fixed words of a check with what was found; the remedy is dropped if the state is `ok`. */
export function check(id: string, title: string, meaning: string, verdict: Verdict): Check {
  const { state, finding, remedy } = verdict
  return { id, title, state, finding, meaning, ...(state === 'ok' || remedy === undefined ? {} : { remedy }) }
}
