/** Records a simulated transfer and applies its log with N replicas, in a process that ends with it. */
import { compareWindows } from '../../../stack/sim/index.ts'
import type { ProgramSide } from '../stack-side.ts'
import { taskSchema } from './task.ts'

export const stackSide: ProgramSide = {
  kind: 'program',
  run: (task) => compareWindows(taskSchema.parse(task)),
}
