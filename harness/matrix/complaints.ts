/**
 * What is wrong with a set of cells, beyond what the types say: factors that its strategy or traffic does not read,
 * factors that are missing, and values that cannot be together. Pure. A set stands for all combinations of its values,
 * so one that cannot be run is enough for a complaint.
 */
import type { CellSet, Traffic } from './experiment.ts'
import { type FactorName, factorNames } from './factors.ts'
import { scopes } from './scope.ts'

/** A rule that the types cannot express, broken at a place in the definition. */
export interface Complaint {
  readonly path: readonly (string | number)[]
  readonly problem: string
  readonly remedy: string
}

type Complain = (field: FactorName, problem: string, remedy: string) => void

/** `traffic` is the experiment's. */
export function complaintsAbout(set: CellSet, index: number, traffic: Traffic): Complaint[] {
  const complaints: Complaint[] = []
  const complain: Complain = (field, problem, remedy) =>
    complaints.push({ path: ['cells', index, field], problem, remedy })
  for (const name of factorNames) if (set[name] !== undefined) checkScope(set, name, traffic, complain)
  checkPresence(set, traffic, complain)
  checkCombinations(set, complain)
  return complaints
}

function checkScope(set: CellSet, name: FactorName, traffic: Traffic, complain: Complain): void {
  const { strategies, traffics } = scopes[name]
  const [only] = strategies
  const foreign = set.strategy.find((strategy) => !strategies.includes(strategy))
  if (!traffics.includes(traffic)) {
    complain(name, `means nothing where traffic is "${traffic}"`, 'leave it out')
  } else if (foreign !== undefined && strategies.length === 1) {
    complain(name, `is a factor of strategy "${only}" only`, `give "${only}" a set of its own`)
  } else if (foreign !== undefined) {
    complain(name, `means nothing to strategy "${foreign}"`, `give "${foreign}" a set of its own`)
  }
}

function checkPresence(set: CellSet, traffic: Traffic, complain: Complain): void {
  const needs = (name: FactorName) =>
    set[name] === undefined && set.strategy.some((strategy) => scopes[name].strategies.includes(strategy))
  if (needs('replicas')) {
    const remedy = 'list how many replicas or workers, e.g. `replicas: upToCores()`'
    complain('replicas', 'missing for a strategy that works in parallel', remedy)
  }
  if (traffic === 'synthetic') {
    const foreign = set.strategy.find((strategy) => !scopes.workRatio.strategies.includes(strategy))
    if (foreign !== undefined) {
      complain('strategy', `synthetic traffic has no cell "${foreign}"`, 'use sequential or replicated')
    }
    if (set.workRatio === undefined) {
      complain(
        'workRatio',
        'missing where traffic is "synthetic"',
        'list shares of work that is repeated, e.g. 0.1',
      )
    }
  } else if (needs('payloadWork')) {
    complain('payloadWork', 'missing', 'list at least one of checksum, copy, cipher')
  }
}

function checkCombinations(set: CellSet, complain: Complain): void {
  const { claim = [], chunk = [], ownership = [], emission = [], reader = [], replicas = [] } = set
  const { disturbance = [], impairment = [], verification = [] } = set
  const isChunked = chunk.some((actions) => actions > 1)
  if (claim.includes('request') && isChunked) {
    complain(
      'chunk',
      'more than 1 together with claim "request", which covers all actions',
      'give them sets of their own',
    )
  }
  const isDisturbed = disturbance.some((kind) => kind !== 'none')
  const isFixed =
    claim.includes('request') ||
    isChunked ||
    ownership.includes('rotation') ||
    emission.includes('ordered') ||
    reader.some((kind) => kind !== 'rotating')
  if (isDisturbed && isFixed) {
    const remedy = 'leave claim, chunk, ownership, emission and reader at their defaults there'
    complain('disturbance', 'replicas come and go only with the default claims, emission and reader', remedy)
  }
  if (disturbance.includes('kill') && replicas.includes(1)) {
    complain('disturbance', 'the only replica cannot be killed', 'list 2 or more replicas with "kill"')
  }
  if (impairment.length > 0 && reader.includes('per-queue')) {
    complain(
      'reader',
      '"per-queue" needs a TAP with queues, and an impaired path is one wire',
      'use another reader there',
    )
  }
  if (verification.includes('trusted') && impairment.some((path) => (path.corruptionProbability ?? 0) > 0)) {
    complain('verification', '"trusted" would deliver what the path corrupts', 'use claimed or before there')
  }
}
