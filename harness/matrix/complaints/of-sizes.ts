/** A size that no cell asks for: whoever wrote it takes it for measured. Pure. */
import type { Experiment } from '../experiment.ts'
import type { Complaint } from './complaint.ts'

export function complaintsAboutSizes({
  workload,
  cells,
}: Pick<Experiment, 'workload' | 'cells'>): Complaint[] {
  if (!('offloadTimes' in workload) || cells.some(({ factors }) => factors.offload === 'on')) return []
  const problem = 'given, though no cell has offload "on"'
  return [
    { path: ['workload', 'offloadTimes'], problem, remedy: 'leave it out, or add a cell with offloads' },
  ]
}
