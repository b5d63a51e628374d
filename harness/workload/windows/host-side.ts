/**
 * Takes a sample of the comparison of windows. The transfer has to have arrived whole, and every point that there is has to
 * have been compared; a path that lost nothing would have left the windows alone.
 */
import { HarnessError } from '../../error.ts'
import type { AloneSide, Extent } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { windowMeasures } from './measures.ts'
import type { WindowsOptions } from './specification.ts'
import { toldSchema, type WindowsTask } from './task.ts'

/** For many more threads than there are cores to start, and for a mebibyte to be simulated and applied. */
const startSeconds = 60
const secondsPerMebibyte = 10

export const hostSide: AloneSide<WindowsOptions> = {
  kind: 'alone',
  isIndependentOfTime: true,

  task({ replicas }, { measured }, round) {
    const task: WindowsTask = { replicas, seed: round + 1, transferBytes: Math.ceil(measured) }
    const timeoutSeconds = startSeconds + Math.ceil((measured / 2 ** 20) * secondsPerMebibyte)
    return { task, timeoutSeconds }
  },

  conclude({ measured }: Extent, told) {
    const facts = toldSchema.parse(told)
    const { requests, micros, pointsCompared, pointsExpected, framesLost, retransmits } = facts
    if (framesLost === 0 || retransmits === 0) {
      throw new HarnessError(
        `The path lost ${framesLost} frames and ${retransmits} were sent again: nothing made the windows fall.`,
        'Record a longer transfer: raise transferBytes of the experiment.',
      )
    }
    return {
      measures: measure(windowMeasures, facts),
      deliveries: [
        {
          unit: 'bytes',
          sent: Math.ceil(measured),
          received: facts.receivedBytes,
          verified: facts.verifiedBytes,
        },
        { unit: 'points', sent: pointsExpected, received: pointsCompared, verified: pointsCompared },
      ],
      measuredMicros: micros,
      requests,
      digestsCompared: facts.digestsCompared,
      divergences: facts.divergences,
    }
  },
}
