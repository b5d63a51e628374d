/** Runs the performance model's own system once, on new threads: their compiled code has run nothing else. */
import { runLockedModel, runModel } from '../../../stack/index.ts'
import type { ProgramSide } from '../stack-side.ts'
import { taskSchema } from './task.ts'

export const stackSide: ProgramSide = {
  kind: 'program',
  run(task) {
    const { isLocked, ...options } = taskSchema.parse(task)
    return isLocked ? runLockedModel(options) : runModel(options)
  },
}
