/** The figures of an experiment's measures, each drawn as it is declared. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { declaredMeasures, isDistribution, isRate, type MeasureName } from '../../harness/measure/measures.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { specificationOf } from '../../harness/workload/workloads.ts'
import type { Markup } from '../html.ts'
import { cumulativeFigure } from './cumulative-figure.ts'
import { ratiosFigure } from './ratios-figure.ts'
import { valuesFigure } from './values-figure.ts'

export async function measureFigures(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup[]> {
  const figures: (Markup | null)[] = []
  const { measures } = specificationOf(experiment.workload)
  // Ratios are taken of the measure that cells are compared by, and of no other.
  const [compared] = measures
  const isObserved = (name: MeasureName) =>
    [...summaries.values()].some((summary) => (summary.measures[name] ?? null) !== null)
  for (const name of measures) {
    if (name !== compared && !isObserved(name)) continue
    const isDrawnAs = (figure: string) => figuresOf(name).includes(figure)
    if (isRate(name) && isDrawnAs('values')) {
      figures.push(await valuesFigure(name, experiment, summaries, samples))
    }
    if (name === compared && isDrawnAs('ratios'))
      figures.push(await ratiosFigure(experiment, summaries, samples))
    if (isDistribution(name)) figures.push(await cumulativeFigure(name, experiment, summaries, samples))
  }
  return figures.filter((figure) => figure !== null)
}

function figuresOf(name: MeasureName): readonly string[] {
  return declaredMeasures[name].figures
}
