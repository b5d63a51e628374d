/** The sequential strategy: one thread does everything (see `sequential.ts`). */
import { Channel } from '../../dominoes/channel/channel.ts'
import { initialiseFramework } from '../../dominoes/replica/framework-layout.ts'
import { askingWeight } from '../../dominoes/replica/replica.ts'
import { planStack } from '../layout/stack-layout.ts'
import { openCommonEnds } from '../parts/common-ends.ts'
import type { Strategy, StrategyThread, ThreadParts } from '../strategy.ts'
import { openSequentialThread, sleepFor } from './open-thread.ts'

export const sequentialStrategy: Strategy = {
  plan: (parameters) => planStack(parameters),
  initialise: (region, layout, time) => initialiseFramework(region, layout.framework, { time }),
  openThread: openSequential,
  // A request's actions are performed before the application can see its upcalls.
  openEnds: (region, layout, wakeDevice) => openCommonEnds(region, layout, wakeDevice, () => true),
}

/** The channel carries nothing here; its closing flag is how this thread learns that it is to end. */
export function openSequential(parts: ThreadParts): StrategyThread {
  const { clock } = parts
  const { loop, domain, source, recording } = openSequentialThread(parts, parts.pause ?? sleepFor)
  const closing = new Channel(parts.region, parts.layout.framework.channel, parts.thread)
  return {
    idleWeight: askingWeight,
    doWork: () => loop.doWork(),
    get isFinished() {
      return closing.isClosing
    },
    finish: () => recording?.finish(),
    park: (micros) => {
      if (closing.isClosing) return
      source.wait(Math.min(micros, domain.microsUntilDeadline(clock.nowMicros())))
    },
    microsUntilDeadline: (now) => domain.microsUntilDeadline(now),
  }
}
