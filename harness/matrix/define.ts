/**
 * What an experiment's file calls. The types catch most mistakes while writing; `load.ts` catches the rest, with
 * the file's name, before anything is run.
 */
import { availableParallelism } from 'node:os'
import type { Definition } from './experiment.ts'

/** Beyond this many replicas the measurement says more about the machine's scheduler than about replication. */
const mostReplicas = 8

export function defineExperiment(definition: Definition): Definition {
  return definition
}

/** 1 … the number of cores, at most 8; always 1 and 2, so that there is a ratio even on one core. */
export function upToCores(cores: number = availableParallelism()): number[] {
  const most = Math.max(2, Math.min(cores, mostReplicas))
  return Array.from({ length: most }, (_, index) => index + 1)
}
