/** Experiments in the order of the argument. Pure. Invariant: every experiment of a run is in exactly one group. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { type Claim, type Group, groups } from './claims.ts'

export interface OrderedGroup extends Group {
  readonly experiments: readonly Experiment[]
}

/** The groups that have an experiment in the run; those that no claim names are in the last. */
export function inOrder(experiments: readonly Experiment[]): OrderedGroup[] {
  const named = new Set(groups.flatMap(namesOf))
  const last = groups.at(-1)
  return groups
    .map((group) => {
      const placed = namesOf(group).flatMap((id) => experiments.find((each) => each.id === id) ?? [])
      const others = group === last ? experiments.filter(({ id }) => !named.has(id)) : []
      return { ...group, experiments: [...placed, ...others] }
    })
    .filter((group) => group.experiments.length > 0)
}

/** The abstract's claims first, then those of the matrix; an experiment that no claim names brings its own. */
export function claimsOf(experiments: readonly Experiment[]): Claim[] {
  const present = new Set(experiments.map(({ id }) => id))
  const claims = inOrder(experiments).flatMap(({ claims: named, experiments: own }) =>
    named.length > 0 ? named : own.map(claimOf),
  )
  const tested = claims
    .map((claim) => ({ ...claim, experiments: claim.experiments.filter((id) => present.has(id)) }))
    .filter((claim) => claim.experiments.length > 0)
  const isAbstract = ({ by }: Claim) => by === 'abstract'
  return [...tested.filter(isAbstract), ...tested.filter((claim) => !isAbstract(claim))]
}

function claimOf({ id, claim }: Experiment): Claim {
  return { id, by: 'matrix', text: claim.text, experiments: [id] }
}

function namesOf({ claims }: Group): string[] {
  return claims.flatMap(({ experiments }) => experiments)
}
