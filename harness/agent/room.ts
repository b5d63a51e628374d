/**
 * Room for the connections of a cell in its stack. A workload chooses its rings for few connections. Where a cell has
 * more, they share the memory that those few would have: 1,024 connections with the rings of one would take gigabytes,
 * and what all of them have under way fits the same path. Pure.
 */
import type { ApplicationOptions } from '../workload/stack-side.ts'

/** `options` are the workload's; without `connections` they stay as they are. */
export function roomFor(options: ApplicationOptions, connections = 1): ApplicationOptions {
  const { connectionCount, sendBufferBytes, receiveBufferBytes } = options
  if (connectionCount === undefined || connections <= connectionCount) return options
  const shared = (bytes: number) => powerOfTwoUpTo((connectionCount * bytes) / connections)
  return {
    ...options,
    connectionCount: connections,
    ...(sendBufferBytes === undefined ? {} : { sendBufferBytes: shared(sendBufferBytes) }),
    ...(receiveBufferBytes === undefined ? {} : { receiveBufferBytes: shared(receiveBufferBytes) }),
  }
}

function powerOfTwoUpTo(most: number): number {
  return 2 ** Math.floor(Math.log2(most))
}
