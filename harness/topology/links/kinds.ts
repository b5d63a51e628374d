import type { LinkKindName, ResolvedLink } from '../resolve.ts'
import type { LinkKind } from './link.ts'
import { tapBridge } from './tap-bridge.ts'
import { tapMove } from './tap-move.ts'
import { tapPair } from './tap-pair.ts'
import { veth } from './veth.ts'

/** Every kind of link by its name in topologies; a new one is a file beside this and a line here. */
const kinds: Readonly<Record<LinkKindName, LinkKind>> = {
  'tap-move': tapMove,
  'tap-bridge': tapBridge,
  'tap-pair': tapPair,
  veth,
}

export function linkKindOf(link: ResolvedLink): LinkKind {
  return kinds[link.kind]
}
