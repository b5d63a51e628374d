import { HarnessError } from '../error.ts'
import type { PathImpairment } from '../matrix/impairment.ts'
import type { OtherStackName } from '../other-stacks/other-stacks.ts'
import type { Bottleneck, linkKinds, Topology } from './define.ts'
import { standardTcp, type TcpSettings } from './tcp-settings.ts'

/**
 * The second stage of a topology: every default filled in, and the changes an experiment asks for applied. Still
 * pure data; part of a run's manifest.
 */
export type NodeRole = 'stack' | 'linux' | 'switch'
export type LinkKindName = (typeof linkKinds)[number]
/** `gso`: as `off` on the wire; a stack that opens the interface may hand larger frames to the kernel. */
export type Offloads = 'default' | 'on' | 'off' | 'gso'

export interface ResolvedNode {
  readonly name: string
  readonly role: NodeRole
  /** Dotted, without prefix; empty at a switch. */
  readonly address: string
  readonly prefixBits: number
  /** Hardware address of the frames that the node sends: its Linux interface's, or that of our stack. */
  readonly mac: string
  /** The Linux interface at this node; on a stack node with a TAP there is none until the stack makes it. */
  readonly interfaceName: string
  readonly processors: string | undefined
  /** How it sends, if it is a Linux host. */
  readonly tcp: TcpSettings
  /** The stack beside ours that it runs; undefined: the one of its role. */
  readonly otherStack?: OtherStackName | undefined
}

export interface ResolvedLink {
  readonly kind: LinkKindName
  readonly first: ResolvedNode
  readonly second: ResolvedNode
  readonly mtuBytes: number
  readonly offloads: Offloads
  readonly impairment: PathImpairment | undefined
  /** What the link carries each way; undefined: whatever the processors do. */
  readonly bottleneck: Bottleneck | undefined
}

export interface ResolvedTopology {
  readonly id: string
  readonly title: string
  readonly nodes: readonly ResolvedNode[]
  readonly links: readonly ResolvedLink[]
}

/** What an experiment may change: fields of every link, processors and stacks of the named nodes, TCP of every Linux host. */
export interface TopologyChanges {
  readonly mtuBytes?: number | undefined
  readonly offloads?: Offloads | undefined
  readonly processors?: Readonly<Record<string, string>> | undefined
  readonly tcp?: TcpSettings | undefined
  /** By node, the stack in the place of that of its role. */
  readonly otherStacks?: Readonly<Record<string, OtherStackName>> | undefined
}

export function resolveTopology(topology: Topology, changes: TopologyChanges = {}): ResolvedTopology {
  const nodes = Object.entries(topology.nodes).map(([name, node], index): ResolvedNode => {
    const [address = '', prefix = '0'] = node.address?.split('/') ?? []
    return {
      name,
      role: node.role,
      address,
      prefixBits: Number(prefix),
      mac: node.mac ?? `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`,
      interfaceName: 'eth0',
      processors: changes.processors?.[name] ?? node.processors,
      tcp: changes.tcp ?? standardTcp,
      otherStack: changes.otherStacks?.[name],
    }
  })
  for (const name of Object.keys({ ...changes.processors, ...changes.otherStacks }))
    find(topology, nodes, name)
  const links = topology.links.map(
    (link): ResolvedLink => ({
      kind: link.kind,
      first: find(topology, nodes, link.between[0]),
      second: find(topology, nodes, link.between[1]),
      mtuBytes: changes.mtuBytes ?? link.mtuBytes ?? 1500,
      offloads: changes.offloads ?? link.offloads ?? 'default',
      impairment: link.impairment,
      bottleneck: link.bottleneck,
    }),
  )
  return { id: topology.id, title: topology.title, nodes, links }
}

function find(topology: Topology, nodes: readonly ResolvedNode[], name: string): ResolvedNode {
  const node = nodes.find((each) => each.name === name)
  if (node !== undefined) return node
  throw new HarnessError(
    `Topology "${topology.id}" has no node "${name}".`,
    `Use one of: ${nodes.map((each) => each.name).join(', ')}.`,
  )
}
