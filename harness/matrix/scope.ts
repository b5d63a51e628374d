/**
 * Which strategies and workloads read a factor. A factor that a cell's strategy or workload does not read would make
 * cells that differ in name only, so it is refused. Pure.
 */
import type { Specification } from '../workload/specification.ts'
import type { Strategy } from './factor.ts'
import { declaredFactors, type FactorName } from './factors.ts'

type Reader = Pick<Specification, 'factors' | 'usesNetwork' | 'facesStacks' | 'overTcp'>

export function isReadByWorkload(
  name: FactorName,
  { factors: own, usesNetwork, facesStacks, overTcp }: Reader,
): boolean {
  const isNamed = [...own.required, ...own.optional].some((read) => read === name)
  switch (declaredFactors[name].readBy) {
    case 'every workload':
      return true
    case 'networked workloads':
      return usesNetwork || isNamed
    case 'workloads between stacks':
      return facesStacks === true
    case 'workloads over TCP':
      return overTcp === true
    case 'some workloads':
      return isNamed
  }
}

export function isReadByStrategy(name: FactorName, strategy: Strategy): boolean {
  return declaredFactors[name].strategies.includes(strategy)
}
