/** The time limit of an exchange as a whole. Both ends have lower ones; this is for an end that hangs. */
import { HarnessError } from '../error.ts'
import { within } from '../within.ts'
import type { Exchange } from '../workload/host-side.ts'

/** Beyond the exchange's own limit: more than an end may be silent. */
const graceSeconds = 150

/** What `work` gives; throws HarnessError if that is not there in time. */
export function inTime<T>(
  { timeoutSeconds }: Pick<Exchange, 'timeoutSeconds'>,
  work: Promise<T>,
): Promise<T> {
  const seconds = timeoutSeconds + graceSeconds
  const late = () =>
    new HarnessError(
      `The exchange has not ended after ${seconds} seconds, though each end should have given up before.`,
      'The next sample gets new containers. If it happens there, too, report it with the log of this run.',
    )
  return within(seconds * 1000, work, late)
}
