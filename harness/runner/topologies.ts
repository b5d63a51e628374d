/**
 * Which topologies are up. A topology is prepared before its first sample, and again after one of its samples failed.
 * If preparing fails the topology is given up, and its other samples fail at once with the same reason.
 */
import { DivergenceFailure, HarnessError, messageOf, RunEndingError } from '../error.ts'
import type { Failure } from '../result/sample.ts'
import type { PrepareContext, Sampler, TopologyFacts } from './sampler.ts'
import { unlessAborted } from './unless-aborted.ts'

export interface Readiness {
  /** Set when the topology was prepared just now. */
  readonly facts?: TopologyFacts
  /** Set when it cannot be used. */
  readonly failure?: Failure
}

export class Topologies {
  readonly #sampler: Sampler
  readonly #ready = new Set<string>()
  readonly #givenUp = new Map<string, Failure>()

  constructor(sampler: Sampler) {
    this.#sampler = sampler
  }

  async makeReady(topology: string, context: PrepareContext): Promise<Readiness> {
    const known = this.#givenUp.get(topology)
    if (known !== undefined) return { failure: known }
    if (this.#ready.has(topology)) return {}
    try {
      context.log(`prepare ${topology}`)
      const facts = await unlessAborted(context.signal, this.#sampler.prepare(topology, context))
      this.#ready.add(topology)
      return { facts }
    } catch (error) {
      if (error instanceof RunEndingError) throw error
      const failure = failureOf(error)
      if (!context.signal.aborted) {
        context.log(`prepare ${topology} failed: ${failure.reason}`)
        this.#givenUp.set(topology, failure)
      }
      return { failure }
    }
  }

  /** A sample failed: have the topology prepared again before the next. */
  suspect(topology: string): void {
    this.#ready.delete(topology)
  }
}

/** What to record for anything thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof DivergenceFailure) {
    return { reason: error.reason, remedy: error.remedy, divergences: error.divergences }
  }
  if (error instanceof HarnessError) return { reason: error.reason, remedy: error.remedy }
  return {
    reason: `Unexpected error: ${messageOf(error)}`,
    remedy: 'This is a defect of the harness; the log holds the stack trace.',
  }
}
