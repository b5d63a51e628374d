/** The task of either stack: that of datagrams, and the microprotocols between the two. */
import { z } from 'zod'
import { factorSchemas } from '../../matrix/factors.ts'
import { taskSchema as datagramTaskSchema } from '../datagrams/task.ts'

export const taskSchema = z.strictObject({
  ...datagramTaskSchema.shape,
  microprotocols: factorSchemas.microprotocols,
})

export type CtpTask = z.infer<typeof taskSchema>
