/**
 * What of a matrix has to be measured on one machine. A ratio is only honest if both of its cells were sampled in turn,
 * round by round: so a cell, all that it is compared with and all that is compared with it are one unit. Pure.
 * Invariant: every cell is in one unit, and no ratio of the summary or of a verdict reaches beyond a unit.
 */
import { baselineOf } from '../matrix/baseline.ts'
import { counterpartOf } from '../matrix/counterpart.ts'
import type { Cell, Experiment, VerdictRule } from '../matrix/experiment.ts'
import { roundsOf } from '../matrix/rounds.ts'
import type { Profile } from '../result/manifest.ts'

export interface Unit {
  readonly parts: readonly UnitPart[]
  /** The samples that it takes at least. */
  readonly samples: number
}

export interface UnitPart {
  readonly experiment: Experiment
  readonly cells: readonly Cell[]
}

/** Verdicts that look at each cell beside its baseline or counterpart. Under any other an experiment stays whole. */
const pairwise: readonly VerdictRule['kind'][] = [
  'speedup-range',
  'model',
  'survival',
  'cost',
  'replicated-work',
]

/** In an order that follows from the definitions alone. */
export function unitsOf(experiments: readonly Experiment[], profile: Profile): Unit[] {
  const unit = (parts: readonly UnitPart[]): Unit => ({
    parts,
    samples: parts.reduce(
      (sum, { experiment, cells }) => sum + cells.length * roundsOf(experiment, profile).fewest,
      0,
    ),
  })
  // A run has one calibration, so whatever is predicted from it was measured beside it.
  const [predicted, others] = [
    experiments.filter(({ predictions }) => predictions !== undefined),
    experiments.filter(({ predictions }) => predictions === undefined),
  ]
  const whole = predicted.map((experiment) => ({ experiment, cells: experiment.cells }))
  const groups = others.flatMap((experiment) =>
    closedGroups(experiment).map((cells) => unit([{ experiment, cells }])),
  )
  return whole.length === 0 ? groups : [unit(whole), ...groups]
}

/** The smallest sets of cells that are compared with none outside; in the order of their first cells. */
function closedGroups(experiment: Experiment): readonly (readonly Cell[])[] {
  if (!pairwise.includes(experiment.verdict.kind)) return [experiment.cells]
  const groups: Set<Cell>[] = []
  for (const cell of experiment.cells) {
    const together = [cell, ...allComparedWith(cell, experiment)]
    const joined = groups.filter((group) => together.some((each) => group.has(each)))
    const [first = new Set<Cell>(), ...rest] = joined
    if (joined.length === 0) groups.push(first)
    for (const each of [...together, ...rest.flatMap((group) => [...group])]) first.add(each)
    for (const group of rest) groups.splice(groups.indexOf(group), 1)
  }
  return groups.map((group) => experiment.cells.filter((cell) => group.has(cell)))
}

function allComparedWith(cell: Cell, { verdict, baselines, cells }: Experiment): Cell[] {
  const others = [
    ...baselines.map((baseline) => baselineOf(baseline, cell, cells)),
    counterpartOf(verdict, cell, cells),
  ]
  return others.filter((other) => other !== undefined)
}
