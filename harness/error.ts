/**
 * The one error of the harness. It says what went wrong (`reason`) and what the user can do about it (`remedy`);
 * both are whole sentences or commands, printed as they are by the command line.
 */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
  readonly reason: string
  readonly remedy: string

  constructor(reason: string, remedy: string, cause?: unknown) {
    super(`${reason}\n  → ${remedy}`, cause === undefined ? undefined : { cause })
    this.reason = reason
    this.remedy = remedy
  }
}

/**
 * Nothing can be measured any more. It ends the run and not only a sample: what was not tried is not recorded as failed,
 * and the same command can go on there.
 */
export class RunEndingError extends HarnessError {}

/** A failure because states of replicas differ: it makes more than one sample invalid. */
export class DivergenceFailure extends HarnessError {
  /** Digests that differed, at least 1. */
  readonly divergences: number

  constructor(divergences: number, reason: string, remedy: string) {
    super(reason, remedy)
    this.divergences = divergences
  }
}

/** The message of anything thrown, for use inside another message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The system's error code (`ENOENT`, `EACCES`, …) of anything thrown; empty if it has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}
