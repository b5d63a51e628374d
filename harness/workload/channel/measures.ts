/** What the channel measures. Pure. */
import type { Measuring } from '../measuring.ts'
import type { Told } from './task.ts'

/** What the program told, and how many requests it measured. */
export interface ChannelFacts extends Told {
  readonly requests: number
}

export const channelMeasures: Measuring<ChannelFacts> = {
  requestNanos: ({ micros, requests }) => (1000 * micros) / requests,
  publishNanos: ({ publishNanos }) => publishNanos,
  dequeueNanos: ({ dequeueNanos }) => dequeueNanos,
  claimNanos: ({ claimNanos }) => claimNanos,
  largestSharePercent: ({ won }) => (100 * Math.max(...won)) / won.reduce((sum, claims) => sum + claims, 0),
}
