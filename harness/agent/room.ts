/**
 * Room for the connections of a cell in its stack. A workload chooses its rings for few connections. Where a cell has
 * more, they share the memory that those few would have: 1,024 connections with the rings of one would take gigabytes,
 * and together they have no more under way on the same path. Pure.
 */
import type { ApplicationOptions } from '../workload/stack-side.ts'

/** `options` are the workload's; with few connections they stay as they are. */
export function roomFor(options: ApplicationOptions, connections = 1): ApplicationOptions {
  const { connectionCount, sendBufferBytes, receiveBufferBytes } = options
  // Those of the exchange before may not have given their places back: the process was stopped when they had ended.
  const places = 2 * connections
  if (connectionCount === undefined || places <= connectionCount) return options
  const shared = (bytes: number) => powerOfTwoUpTo((connectionCount * bytes) / places)
  return {
    ...options,
    connectionCount: places,
    ...(sendBufferBytes === undefined ? {} : { sendBufferBytes: shared(sendBufferBytes) }),
    ...(receiveBufferBytes === undefined ? {} : { receiveBufferBytes: shared(receiveBufferBytes) }),
  }
}

function powerOfTwoUpTo(most: number): number {
  return 2 ** Math.floor(Math.log2(most))
}
