/**
 * Loads the parts that only some commands need, when they are needed: `summary` and `report` then work on a machine
 * without Docker or devices.
 */
import type { CreateExecutor } from '../runner/executor.ts'

/** The specifiers are variables so that the type checker takes the types given here. */
async function load<T>(specifier: string): Promise<T> {
  return (await import(new URL(specifier, import.meta.url).href)) as T
}

export const loadModule = {
  executor: () => load<{ createExecutor: CreateExecutor }>('../executor/index.ts'),
  demo: () => load<typeof import('../demo/demo.ts')>('../demo/demo.ts'),
  checkDemo: () => load<typeof import('../demo/check-demo.ts')>('../demo/check-demo.ts'),
}
