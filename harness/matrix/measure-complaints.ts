/** What is wrong with a verdict on a measure: the workload has to have that measure. Pure. */
import { specificationOf } from '../workload/workloads.ts'
import type { Complaint } from './complaint.ts'
import type { Experiment } from './experiment.ts'

export function complaintsAboutMeasures({ verdict, workload }: Experiment): Complaint[] {
  if (verdict.kind !== 'at-most' && verdict.kind !== 'flat') return []
  const { measures } = specificationOf(workload)
  const { measure } = verdict
  const named = verdict.kind === 'at-most' ? { measure, over: verdict.over } : { measure }
  return Object.entries(named).flatMap(([field, name]) => {
    if (measures.includes(name)) return []
    const problem = `workload "${workload.kind}" does not measure ${name}`
    return [{ path: ['verdict', field], problem, remedy: `name one of ${measures.join(', ')}` }]
  })
}
