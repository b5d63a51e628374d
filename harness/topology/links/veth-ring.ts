import type { LinkKind } from './link.ts'
import { veth } from './veth.ts'

/** A virtual Ethernet pair as `veth`, whose end at a stack is read and written through rings shared with the kernel. */
export const vethRing: LinkKind = { ...veth, device: 'packet-ring' }
