/** The values of the factor `peer`: which stack is at the other end. Pure. */
import { z } from 'zod'

const pattern = /^(?:linux|sequential|(?:replicated|locked|sharded|pipelined)-[1-9])$/

export const peerSchema = z
  .string()
  .regex(pattern, 'must be linux, sequential, or a strategy with its number of threads, such as replicated-2')

/** `replicated-2` → `replicated peer N=2`, `linux` → `Linux peer` */
export function describePeer(peer: string): string {
  const [strategy = '', threads] = peer.split('-')
  const name = strategy === 'linux' ? 'Linux' : strategy
  return threads === undefined ? `${name} peer` : `${name} peer N=${threads}`
}

/** Whether the peer is a stack of ours. */
export function isStack(peer: string | undefined): peer is string {
  return peer !== undefined && peer !== 'linux'
}

/** The option `strategy` of a peer that is a stack. */
export function peerStrategy(peer: string): Record<string, string | number> {
  const [kind = '', threads] = peer.split('-')
  if (threads === undefined) return { kind }
  return { kind, [kind === 'replicated' ? 'replicas' : 'workers']: Number(threads) }
}
