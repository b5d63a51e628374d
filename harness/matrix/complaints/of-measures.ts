/** What is wrong with a verdict on measures: the workload has to have them. Pure. */
import type { MeasureName } from '../../measure/measures.ts'
import { specificationOf } from '../../workload/workloads.ts'
import type { Experiment, VerdictRule } from '../experiment.ts'
import type { Complaint } from './complaint.ts'

export function complaintsAboutMeasures({ verdict, workload }: Experiment): Complaint[] {
  const { measures } = specificationOf(workload)
  return measuresOf(verdict).flatMap(([field, name]) => {
    if (measures.includes(name)) return []
    const problem = `workload "${workload.kind}" does not measure ${name}`
    return [{ path: ['verdict', field], problem, remedy: `its measures are ${measures.join(', ')}` }]
  })
}

/** The measures that a rule rests on, each with the field that asks for it. */
function measuresOf(rule: VerdictRule): (readonly [field: string, name: MeasureName])[] {
  switch (rule.kind) {
    case 'at-most':
      return [
        ['measure', rule.measure],
        ['over', rule.over],
      ]
    case 'flat':
      return [['measure', rule.measure]]
    case 'lock-model':
      return (['requestsPerSecond', 'stateMicros', 'sectionMicros', 'payloadMicros'] as const).map((name) => [
        'kind',
        name,
      ])
    default:
      return []
  }
}
