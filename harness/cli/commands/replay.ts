/** `replay`: applies the log of a stack's channel again, at any number of replicas, and compares every digest. */
import { Command, InvalidArgumentError } from 'commander'
import type { ReplayDivergence } from '../../../stack/index.ts'
import { HarnessError } from '../../error.ts'

const mostReplicas = 64
/** At most this many differences are printed; the first ones say most. */
const toldDifferences = 10

export function replayCommand(): Command {
  return new Command('replay')
    .description('replay the log of a channel and compare its digests')
    .argument('<log>', 'a file that recordPath of a stack made')
    .option('--replicas <numbers>', 'how many replicas, one replay each', parseReplicas, [1, 2, 3, 4, 8])
    .option('--partial', 'replay a log without its end as far as it goes')
    .action((log: string, options: ReplayCommandOptions) => replay(log, options))
}

interface ReplayCommandOptions {
  readonly replicas: readonly number[]
  readonly partial?: boolean
}

async function replay(log: string, { replicas, partial = false }: ReplayCommandOptions): Promise<void> {
  const { LogError, replayStackLog } = await import('../../../stack/index.ts')
  const explain = (error: unknown): never => {
    if (!(error instanceof LogError)) throw error
    throw new HarnessError(`${error.path}: ${error.reason}.`, `${error.remedy}.`, error)
  }
  const divergences: ReplayDivergence[] = []
  let lack = ''
  for (const count of replicas) {
    const report = await replayStackLog(log, { replicas: count, partial }).catch(explain)
    const { requests, digestsCompared, micros, firstDivergence } = report
    const perSecond = Math.round(requests / (micros / 1e6))
    process.stdout.write(
      `N = ${count}: ${requests} requests, ${digestsCompared} digests compared, ` +
        `${report.divergences} divergences, ${perSecond} requests/s\n`,
    )
    lack = report.lack
    if (firstDivergence !== undefined) divergences.push(firstDivergence)
  }
  if (lack !== '') process.stdout.write(`Note: ${lack}.\n`)
  const [first] = divergences
  if (first !== undefined) throw await tell(log, first, Math.max(2, ...replicas))
}

async function tell(log: string, divergence: ReplayDivergence, machines: number): Promise<HarnessError> {
  const { pinDivergence } = await import('../../../stack/index.ts')
  const { replica, lastEqualMark, mark } = divergence
  const reason =
    `${log}: replica ${replica} differs from the log after request ${mark - 1}, ` +
    `and not yet after request ${lastEqualMark - 1}.`
  const pinned = pinDivergence(log, lastEqualMark, mark, machines)
  if (pinned === undefined) {
    return new HarnessError(
      `${reason} ${machines} machines side by side agree with each other there.`,
      'The recorded run, or this replay on threads, changed its state by other means than requests: look at what it shares.',
    )
  }
  const differences = pinned.differences
    .slice(0, toldDifferences)
    .map(({ record, field, values }) => `\n    ${record}: ${field} is ${values[0]} and ${values[1]}`)
  return new HarnessError(
    `${reason} The first request that machines apply differently is ${pinned.index}:\n    ${pinned.request}${differences.join('')}`,
    'Something in apply is no function of state and request: read what handles this request.',
  )
}

function parseReplicas(text: string): number[] {
  const numbers = text.split(',').map(Number)
  if (numbers.every((count) => Number.isInteger(count) && count >= 1 && count <= mostReplicas)) return numbers
  throw new InvalidArgumentError(`Numbers of replicas are from 1 to ${mostReplicas}, as in 1,2,4.`)
}
