/** Factors that say where a stack works: the other end, the Linux hosts, and the path between them. Pure. */
import { z } from 'zod'
import { congestionControls, recoveries } from '../../topology/tcp-settings.ts'
import { everyStrategy, factor, readByStacks, stacks, stacksAndLinux } from '../factor.ts'
import { describeImpairment, impairmentSchema } from '../impairment.ts'
import { describePeer, peerSchema } from '../peer.ts'

export const factorsOfHosts = {
  /** The MSS that both ends announce. The link's MTU is this plus the headers; TCP options take part of the segment. */
  segmentBytes: factor({
    schema: z.int().min(536).max(8960),
    strategies: stacksAndLinux,
    readBy: 'networked workloads',
    prefix: 'segment-',
    words: (size) => `${size} B`,
    isKind: true,
  }),
  /** The stack at the other end: `linux` (also if absent), or ours by strategy and threads, such as `replicated-2`. */
  peer: factor({
    schema: peerSchema,
    strategies: stacks,
    readBy: 'workloads between stacks',
    prefix: 'peer-',
    words: describePeer,
    isKind: true,
  }),
  /**
   * Congestion control of the Linux hosts: the peer, the node under test where it is Linux, and any beside them. It means
   * something to a host that sends; that of our stack is its own.
   */
  peerCongestion: factor({
    schema: z.enum(congestionControls),
    strategies: stacksAndLinux,
    readBy: 'workloads over TCP',
    prefix: 'linux-',
    words: (control) => `Linux sends by ${control}`,
    isKind: true,
  }),
  /** How the Linux hosts detect losses when they send; `2011`: without RACK and tail loss probes, by duplicate ACKs. */
  peerRecovery: factor({
    schema: z.enum(recoveries),
    strategies: stacksAndLinux,
    readBy: 'workloads over TCP',
    prefix: 'recovery-',
    words: (recovery) => (recovery === '2011' ? 'loss detection of 2011' : 'current loss detection'),
    isKind: true,
  }),
  /** What happens to frames in both directions. The stack emulates the path, since a kernel may lack an emulator. */
  impairment: factor({
    ...readByStacks,
    schema: impairmentSchema,
    prefix: 'path-',
    words: describeImpairment,
    isKind: true,
  }),
  /**
   * Segmentation and checksum offload of the link: frames of up to 64 KB that the wire cuts, and checksums that it makes.
   * Without it a stack that opens the device has none; a kernel has what its interface has by default. `gso`: the wire is as
   * with `off`, but our stack hands super-frames to the kernel below it, which cuts and sums them in software. So does Linux
   * with what its own TCP sends, whatever its interfaces can (generic segmentation offload).
   */
  offload: factor({
    schema: z.enum(['off', 'gso', 'on']),
    strategies: everyStrategy,
    readBy: 'networked workloads',
    prefix: 'offload-',
    words: (state) => (state === 'gso' ? 'cut by the kernel (GSO)' : `offloads ${state}`),
  }),
  topology: factor({
    schema: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case'),
    strategies: everyStrategy,
    readBy: 'every workload',
    words: (id) => id,
  }),
} as const
