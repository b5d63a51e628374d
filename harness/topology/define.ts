import { z } from 'zod'
import { impairmentSchema } from '../matrix/impairment.ts'

/**
 * A topology as its author writes it: hosts, their addresses, and how they are joined. Pure data, one file each in
 * `topologies/`. It passes three stages: raw (here), resolved (resolve.ts: every default filled in), deployed
 * (deploy.ts: containers and interfaces).
 */
const name = z.string().regex(/^[a-z][a-z0-9-]{0,9}$/, 'must be 1 to 10 lower-case letters, digits or dashes')

/** As long as a file's name may reasonably be; node names are short since interfaces are named after them. */
const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or dashes')

const address = z
  .string()
  .regex(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'must be an IPv4 address with its prefix, such as 10.77.0.1/24')
  .refine(
    (text) => {
      const [host = '', bits = ''] = text.split('/')
      return host.split('.').every((part) => Number(part) <= 255) && Number(bits) >= 8 && Number(bits) <= 30
    },
    { error: 'must have four parts up to 255 and a prefix of 8 to 30 bits' },
  )

const mac = z
  .string()
  .regex(
    /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/,
    'must be a locally administered unicast address such as 02:00:00:00:00:01 (lower case; second digit 2, 6, a or e)',
  )

const node = z.strictObject({
  /** `stack`: runs our stack. `linux`: an unmodified Linux host. `switch`: a bridge that joins several links. */
  role: z.enum(['stack', 'linux', 'switch']),
  /** Of every host; a switch has none. */
  address: address.exactOptional(),
  /** Default: 02:00:00:00:00:NN, by position. */
  mac: mac.optional(),
  /** Processors the host may use, in the form of `taskset -c`, such as `0` or `0-3`. Default: all. */
  processors: z
    .string()
    .regex(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, 'must be a list of processors such as 0 or 0-3')
    .optional(),
})

/** Frames beyond the rate wait in the queue, and are lost if it is full. Each direction has its own. */
const bottleneck = z.strictObject({
  /** Bits of whole frames. */
  rateBitsPerSecond: z.int().min(64_000).max(10e9),
  queueBytes: z
    .int()
    .min(1514)
    .max(64 * 2 ** 20),
})

export const linkKinds = ['tap-move', 'tap-bridge', 'tap-pair', 'tap-port', 'veth', 'veth-ring'] as const

const link = z.strictObject({
  /** How the two nodes are joined; a file each in harness/topology/links/. */
  kind: z.enum(linkKinds),
  /** The two nodes it joins; with a TAP, the stack that makes it comes first. */
  between: z.tuple([name, name]),
  /** Largest packet in bytes, without the Ethernet header. Default: 1500. */
  mtuBytes: z.int().min(576).max(65_521).optional(),
  /** Checksum and segmentation offloads of the Linux interfaces. Default: as Linux sets them. */
  offloads: z.enum(['default', 'on', 'off']).optional(),
  /** What happens to frames between the stack and this link, both directions; the factor `impairment` replaces it. */
  impairment: impairmentSchema.optional(),
  /** What a veth link carries at most. Default: whatever the processors do. */
  bottleneck: bottleneck.optional(),
})

export const topologySchema = z
  .strictObject({
    id: identifier,
    /** One line for lists and reports. */
    title: z.string().min(1).max(120),
    nodes: z.record(name, node),
    links: z.array(link).min(1),
  })
  .superRefine((topology, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    const names = Object.keys(topology.nodes)
    topology.links.forEach((each, index) => {
      for (const [end, node] of each.between.entries()) {
        if (!names.includes(node)) {
          complain(['links', index, 'between', end], `there is no node "${node}"; nodes: ${names.join(', ')}`)
        }
      }
      const first = topology.nodes[each.between[0]]
      const second = topology.nodes[each.between[1]]
      if (each.kind !== 'veth' && first !== undefined && first.role !== 'stack') {
        complain(['links', index, 'between', 0], `a ${each.kind} link begins at a node of role "stack"`)
      }
      if (each.impairment !== undefined && first?.role !== 'stack') {
        complain(
          ['links', index, 'impairment'],
          'is the path of a stack: the link begins at a node of role "stack"',
        )
      }
      const wanted = endOf[each.kind]
      if (wanted !== undefined && second !== undefined && second.role !== wanted) {
        complain(['links', index, 'between', 1], `a ${each.kind} link ends at a node of role "${wanted}"`)
      }
      if (each.bottleneck !== undefined && !each.kind.startsWith('veth')) {
        complain(['links', index, 'bottleneck'], 'is a property of veth links')
      }
    })
    const ends = topology.links.flatMap((each) => each.between)
    for (const [node, { role, address }] of Object.entries(topology.nodes)) {
      const count = ends.filter((end) => end === node).length
      const isSwitch = role === 'switch'
      if (isSwitch && count < 2) complain(['nodes', node], `must join two links or more, not ${count}`)
      if (!isSwitch && count !== 1)
        complain(['nodes', node], `must be an end of exactly one link, not of ${count}`)
      if (isSwitch === (address !== undefined))
        complain(['nodes', node, 'address'], isSwitch ? 'a switch has none' : 'missing: every host has one')
    }
    const addresses = Object.values(topology.nodes).map((each) => each.address?.split('/')[0])
    names.forEach((node, index) => {
      const own = addresses[index]
      if (own !== undefined && addresses.indexOf(own) !== index)
        complain(['nodes', node, 'address'], 'is used twice')
    })
  })

/** The role of the node at the second end, where the kind wants one. */
const endOf: { readonly [Kind in (typeof linkKinds)[number]]?: z.infer<typeof node>['role'] } = {
  'tap-move': 'linux',
  'tap-bridge': 'linux',
  'tap-pair': 'stack',
  'tap-port': 'switch',
}

export type Bottleneck = z.infer<typeof bottleneck>

/** What the author of a topology writes. */
export type Topology = z.input<typeof topologySchema>
export type TopologyNode = Topology['nodes'][string]
export type TopologyLink = Topology['links'][number]

/** Gives a topology its type; it is validated when it is loaded, where the file's name is known. */
export function defineTopology(topology: Topology): Topology {
  return topology
}
