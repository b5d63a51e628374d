/** What is wrong with a verdict on measures: the workload has to have them, and the rule has to be able to judge them. Pure. */
import { isDistribution, isRate, type MeasureName } from '../../measure/measures.ts'
import { specificationOf } from '../../workload/workloads.ts'
import type { Experiment, VerdictRule } from '../experiment.ts'
import type { Complaint } from './complaint.ts'

/** What a rule needs of a measure: a `rate` has a median in every cell, a `number` may also be a sum or a count. */
type Sort = 'rate' | 'number'

type Wanted = readonly [field: string, name: MeasureName, sort: Sort]

export function complaintsAboutMeasures({ verdict, workload }: Experiment): Complaint[] {
  const { measures } = specificationOf(workload)
  return measuresOf(verdict).flatMap(([field, name, sort]) => {
    const path = ['verdict', field]
    if (!measures.includes(name)) {
      const problem = `workload "${workload.kind}" does not measure ${name}`
      return [{ path, problem, remedy: `its measures are ${measures.join(', ')}` }]
    }
    if (isOfSort(name, sort)) return []
    const what = isDistribution(name)
      ? 'a distribution, and no number'
      : 'a sum, which grows with the samples of a cell'
    const fitting = measures.filter((other) => isOfSort(other, sort))
    return [{ path, problem: `${name} is ${what}`, remedy: `use one of ${fitting.join(', ')}` }]
  })
}

function isOfSort(name: MeasureName, sort: Sort): boolean {
  return sort === 'rate' ? isRate(name) : !isDistribution(name)
}

/** The measures that a rule rests on, each with the field that asks for it. */
function measuresOf(rule: VerdictRule): Wanted[] {
  switch (rule.kind) {
    case 'at-most':
      return [
        ['measure', rule.measure, 'number'],
        ['over', rule.over, 'number'],
      ]
    case 'flat':
    case 'measure-range':
      return [['measure', rule.measure, 'rate']]
    case 'lock-model':
      return (['requestsPerSecond', 'stateMicros', 'sectionMicros', 'payloadMicros'] as const).map(
        (name): Wanted => ['kind', name, 'rate'],
      )
    default:
      return []
  }
}
