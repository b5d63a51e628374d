import type { LinkKindName, ResolvedLink, ResolvedTopology } from '../resolve.ts'
import type { LinkKind } from './link.ts'
import { tapBridge } from './tap-bridge.ts'
import { tapMove } from './tap-move.ts'
import { tapPair } from './tap-pair.ts'
import { tapPort } from './tap-port.ts'
import { veth } from './veth.ts'
import { vethRing } from './veth-ring.ts'

/** Every kind of link by its name in topologies; a new one is a file beside this and a line here. */
const kinds: Readonly<Record<LinkKindName, LinkKind>> = {
  'tap-move': tapMove,
  'tap-bridge': tapBridge,
  'tap-pair': tapPair,
  'tap-port': tapPort,
  veth,
  'veth-ring': vethRing,
}

export function linkKindOf(link: ResolvedLink): LinkKind {
  return kinds[link.kind]
}

/** The one link at a host: every host of a valid topology is the end of exactly one. */
export function linkAt({ id, links }: ResolvedTopology, node: string): ResolvedLink {
  const link = links.find(({ first, second }) => first.name === node || second.name === node)
  if (link === undefined) throw new Error(`topology ${id} has no link at ${node}`)
  return link
}
