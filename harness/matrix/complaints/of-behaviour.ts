/** What is wrong with the cells whose behaviour is to be shown. Pure. */
import { specificationOf } from '../../workload/workloads.ts'
import type { Experiment } from '../experiment.ts'
import { isOwn } from '../factor.ts'
import type { Complaint } from './complaint.ts'

/** More would hide each other in a report, and fill its page. */
const mostShown = 4

export function complaintsAboutBehaviour({
  behaviour,
  cells,
  workload,
}: Pick<Experiment, 'behaviour' | 'cells' | 'workload'>): Complaint[] {
  if (behaviour.length === 0) return []
  const complaints: Complaint[] = []
  const complain = (problem: string, remedy: string) =>
    complaints.push({ path: ['behaviour'], problem, remedy })
  const { usesNetwork, overTcp } = specificationOf(workload)
  if (!usesNetwork || overTcp !== true) {
    complain(`workload "${workload.kind}" has no TCP connection to look at`, 'leave it out')
  }
  if (behaviour.length > mostShown) complain(`${behaviour.length} cells`, `choose at most ${mostShown}`)
  for (const id of behaviour) {
    const cell = cells.find((each) => each.id === id)
    if (cell === undefined)
      complain(`no cell is "${id}"`, 'write it like the set in `cells` that holds the cell')
    else if (!isOwn(cell.factors.strategy)) {
      complain(`cell "${id}" is of another stack`, 'choose cells of our stack')
    }
  }
  return complaints
}
