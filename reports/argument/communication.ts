/**
 * The type of communication of a cell, by its workload and factors. Pure. Two cells of one type may differ in sizes, in the
 * path of their frames or in how their stack is run; payload work and offloads are told apart, since gains depend on them most.
 */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { Factors } from '../../harness/matrix/factors.ts'
import { isStack } from '../../harness/matrix/peer.ts'

export interface Communication {
  /** `Bulk send`, `Bulk send, cipher`, `Bulk send, cipher, offloads` */
  readonly title: string
  /** 1 for a flow of datagrams, too: what the abstract's claim is about. */
  readonly connections: number
}

/** Not named in titles, since nearly all cells have it. */
export const usualWork = 'checksum'

/** Null where no throughput of an undisturbed connection is measured. */
export function communicationOf(
  { workload }: Pick<Experiment, 'workload'>,
  factors: Factors,
): Communication | null {
  if (isSpecial(factors)) return null
  const title = titleOf(workload, factors)
  if (title === null) return null
  const { payloadWork = usualWork, connections = 1, offload } = factors
  const words = [title, ...(payloadWork === usualWork ? [] : [payloadWork]), ...offloadWords(offload)]
  return { title: words.join(', '), connections }
}

function offloadWords(offload: Factors['offload']): string[] {
  if (offload === 'on') return ['offloads']
  return offload === 'gso' ? ['cut by the kernel'] : []
}

/** What is done to a path or to threads there limits the connection more than who processes it. */
function isSpecial({ impairment = {}, disturbance = 'none', placement = 'free', digests }: Factors): boolean {
  return (
    Object.keys(impairment).length > 0 || disturbance !== 'none' || placement !== 'free' || digests === 'off'
  )
}

function titleOf(workload: Experiment['workload'], factors: Factors): string | null {
  const { connections = 1, depth = 1, peer } = factors
  const several = `${connections.toLocaleString('en-US')} connections`
  switch (workload.kind) {
    case 'bulk': {
      if (isStack(peer)) return peer === 'sequential' ? 'Stack to stack' : 'Replicas at both ends'
      const direction = factors.direction ?? workload.direction
      if (connections > 1) return direction === 'send' ? several : `${several}, receiving`
      return direction === 'send' ? 'Bulk send' : 'Bulk receive'
    }
    case 'bidirectional':
      return 'Both directions'
    case 'request-response':
      return depth === 1 ? 'One request at a time' : `${depth} requests under way`
    case 'datagrams':
      return factors.direction === 'receive' ? 'Datagrams received' : 'Datagrams sent'
    case 'ctp':
      return 'CTP messages'
    case 'http':
      return connections === 1 ? 'HTTP' : `HTTP, ${several}`
    case 'iperf3':
      return `iperf3 ${factors.direction === 'send' ? 'send' : 'receive'}${connections === 1 ? '' : `, ${connections} streams`}`
    // A latency, a share of a link, or no network at all.
    case 'open-loop':
    case 'beside-linux':
    case 'sender-windows':
    case 'windows':
    case 'reordering':
    case 'model':
    case 'channel':
      return null
  }
}
