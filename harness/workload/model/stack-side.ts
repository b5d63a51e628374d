/** Runs the performance model's own system once, in a new process: its compiled code has run nothing else. */
import { runModel } from '../../../stack/index.ts'
import type { ProgramSide } from '../stack-side.ts'
import { taskSchema } from './task.ts'

export const stackSide: ProgramSide = {
  kind: 'program',
  run: (task) => runModel(taskSchema.parse(task)),
}
