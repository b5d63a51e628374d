/** What is wrong with a log: the file, what, and what the reader can do about it. */
export class LogError extends Error {
  override readonly name = 'LogError'
  readonly path: string
  readonly reason: string
  readonly remedy: string

  constructor(path: string, reason: string, remedy: string, cause?: unknown) {
    super(`${path}: ${reason}\n  → ${remedy}`, cause === undefined ? undefined : { cause })
    this.path = path
    this.reason = reason
    this.remedy = remedy
  }
}
