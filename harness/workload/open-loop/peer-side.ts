/** The Linux host that makes requests by a schedule. What answers, on either end, is that of `request-response`. */
import { z } from 'zod'
import { histogramSchema } from '../../measure/histogram.ts'
import { given, type PeerProgram } from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import { type ExchangeOptions, exchangeArguments } from '../request-response/peer-side.ts'
import { clientSchema } from '../request-response/task.ts'

const count = z.int().nonnegative()

export const generatedSchema = clientSchema.extend({
  /** Requests that were due within the measured time; of these, those that were refused. */
  due: count,
  refused: count,
  /** How late the generator looked at them, in tenths of a microsecond. */
  lagTicks: histogramSchema,
})

export type Generated = z.infer<typeof generatedSchema>

export interface GeneratorOptions extends ExchangeOptions {
  /** On average, over all connections. */
  readonly offeredPerSecond: number
  /** Requests under way at the same time, over all connections. */
  readonly most: number
  readonly seed: number
  readonly settlingSeconds: number
  readonly seconds: number
}

export function generator(options: GeneratorOptions): PeerProgram<Generated> {
  return {
    file: `${paths.workloads}/open-loop/generator.py`,
    argv: [
      ...exchangeArguments(options),
      ...given('rate', options.offeredPerSecond),
      ...given('most', options.most),
      ...given('seed', options.seed),
      ...given('settle', options.settlingSeconds),
      ...given('seconds', options.seconds),
    ],
    result: generatedSchema,
    listens: 'listen' in options.meet,
  }
}
