/** What ends a stack whose replicas differ: nothing that it does from then on can be trusted. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError'
  /** The description, as text; a file of the same name in JSON lies beside it. */
  readonly dumpPath: string

  constructor(summary: string, dumpPath: string) {
    super(`${summary}\n  → read ${dumpPath}`)
    this.dumpPath = dumpPath
  }
}
