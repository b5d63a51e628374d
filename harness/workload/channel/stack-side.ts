/** Runs a channel once, on new threads: their compiled code has run nothing else. */
import { runChannel } from '../../../stack/index.ts'
import type { ProgramSide } from '../stack-side.ts'
import { taskSchema } from './task.ts'

export const stackSide: ProgramSide = {
  kind: 'program',
  run: (task) => runChannel(taskSchema.parse(task)),
}
