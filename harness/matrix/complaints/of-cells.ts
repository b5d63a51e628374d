/**
 * What is wrong with a set of cells, beyond what the types say: factors that its strategy or workload does not read,
 * factors that are missing, and values that cannot be together. Pure. A set stands for all combinations of its values,
 * so one that cannot be run is enough for a complaint.
 */
import { specificationOf, type WorkloadSettings } from '../../workload/workloads.ts'
import type { CellSet } from '../experiment.ts'
import { isOwn } from '../factor.ts'
import { declaredFactors, type FactorName, factorNames } from '../factors.ts'
import { isStack } from '../peer.ts'
import { isReadByStrategy, isReadByWorkload } from '../scope.ts'
import type { Complaint } from './complaint.ts'

/**
 * A stack has less than 2 GiB for rings and states. Every replica has a state for each connection, and every worker of a
 * sharded stack has room for more connections than its share.
 */
const manyConnections = 64
const mostAtMany = 8

type Complain = (field: FactorName, problem: string, remedy: string) => void

/** `workload` is the experiment's. */
export function complaintsAbout(set: CellSet, index: number, workload: WorkloadSettings): Complaint[] {
  const complaints: Complaint[] = []
  const complain: Complain = (field, problem, remedy) =>
    complaints.push({ path: ['cells', index, field], problem, remedy })
  for (const name of factorNames) if (set[name] !== undefined) checkScope(set, name, workload, complain)
  checkPresence(set, workload, complain)
  checkCombinations(set, complain)
  return complaints
}

function checkScope(set: CellSet, name: FactorName, workload: WorkloadSettings, complain: Complain): void {
  const { strategies } = declaredFactors[name]
  const [only] = strategies
  const foreign = set.strategy.find((strategy) => !isReadByStrategy(name, strategy))
  if (!isReadByWorkload(name, specificationOf(workload))) {
    complain(name, `means nothing to workload "${workload.kind}"`, 'leave it out')
  } else if (foreign !== undefined && strategies.length === 1) {
    complain(name, `is a factor of strategy "${only}" only`, `give "${only}" a set of its own`)
  } else if (foreign !== undefined) {
    complain(name, `means nothing to strategy "${foreign}"`, `give "${foreign}" a set of its own`)
  }
}

function checkPresence(set: CellSet, workload: WorkloadSettings, complain: Complain): void {
  const { kind } = workload
  const { strategies, usesNetwork, factors } = specificationOf(workload)
  const needs = (name: FactorName) =>
    set[name] === undefined && set.strategy.some((strategy) => isReadByStrategy(name, strategy))
  if (needs('replicas')) {
    const remedy = 'list how many replicas or workers, e.g. `replicas: upToCores()`'
    complain('replicas', 'missing for a strategy that works in parallel', remedy)
  }
  if (usesNetwork && needs('payloadWork')) {
    complain('payloadWork', 'missing', 'list at least one of checksum, copy, cipher, none')
  }
  for (const name of factors.required) {
    if (needs(name)) complain(name, `missing for workload "${kind}"`, `list values of ${name}`)
  }
  const foreign = set.strategy.find((strategy) => !strategies.includes(strategy))
  if (foreign === undefined) return
  complain('strategy', `workload "${kind}" has no cell "${foreign}"`, `use ${strategies.join(', ')}`)
}

function checkCombinations(set: CellSet, complain: Complain): void {
  const { claim = [], chunk = [], ownership = [], emission = [], reader = [], replicas = [] } = set
  const { disturbance = [], impairment = [], verification = [], connections = [], peer = [] } = set
  const { offload = [] } = set
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
  if (Math.max(...connections) > manyConnections && Math.max(...replicas) > mostAtMany) {
    complain(
      'connections',
      `more than ${manyConnections} together with more than ${mostAtMany} replicas or workers do not fit into a stack’s memory`,
      'give them sets of their own',
    )
  }
  if (impairment.length > 0 && reader.includes('per-queue')) {
    complain(
      'reader',
      '"per-queue" needs a TAP with queues, and an impaired path is one wire',
      'use another reader there',
    )
  }
  const superFrames = offload.find((state) => state !== 'off')
  if (superFrames !== undefined && impairment.length > 0) {
    complain(
      'offload',
      `"${superFrames}" together with an impaired path, which carries single segments`,
      'leave it out there',
    )
  }
  if (offload.includes('gso') && !set.strategy.every(isOwn)) {
    complain(
      'offload',
      '"gso" is how our stack uses the kernel below it; another stack does as it always does',
      'use "off" there: the wire is the same',
    )
  }
  for (const name of ['peerCongestion', 'peerRecovery'] as const) {
    if (set[name] === undefined || !peer.some(isStack)) continue
    complain(name, 'is of Linux hosts, and there is none where the peer is a stack', 'leave it out there')
  }
  if (verification.includes('trusted') && impairment.some((path) => (path.corruptionProbability ?? 0) > 0)) {
    complain('verification', '"trusted" would deliver what the path corrupts', 'use claimed or before there')
  }
}
