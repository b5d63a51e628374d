import type { HashKey } from './keyed-hash.ts'

/**
 * 17.9 minutes, a quarter of the range of 32 bits of microseconds. No timer is armed further ahead than this. After a
 * longer gap between two requests, no earlier stamp is compared any more (see `ageing.ts`).
 */
export const maximumGapMicros = 2 ** 30

/** Settings of the protocol machine; equal on every replica. */
export interface MachineConfig {
  /** This host's IPv4 address, prefix length and gateway (0: none), as 32-bit integers. */
  readonly address: number
  readonly prefixLength: number
  readonly gateway: number
  /** This host's hardware address: first two bytes, last four. */
  readonly etherHigh: number
  readonly etherLow: number
  /** Largest IP packet, in bytes: 576 … 65535. */
  readonly mtuBytes: number
  /**
   * Most payload of one action that sends new data, in bytes: 0 … 65,455, what headers leave of the largest packet. More
   * than a segment is a super-frame: whoever sends it, or the device, cuts it into segments. Default 0: a segment each.
   */
  readonly superFrameBytes?: number
  /** Connections that can exist at once (TIME-WAIT not counted). */
  readonly connectionCount: number
  /** Connections remembered in TIME-WAIT. */
  readonly timeWaitCount: number
  readonly listenerCount: number
  /** UDP sockets that can exist at once, 0 … 65535. */
  readonly datagramSocketCount: number
  /** Segments in flight that one connection can keep track of; a power of two. */
  readonly segmentCount: number
  /** Bytes of a connection's send and receive buffer; powers of two. */
  readonly sendBufferBytes: number
  readonly receiveBufferBytes: number
  readonly congestionControl: 'newreno' | 'cubic'
  /** Smallest retransmission timeout (RFC 6298 says 1 s; Linux uses 200 ms). */
  readonly minimumRtoMicros: number
  readonly delayedAckMicros: number
  /**
   * Least value of RACK's reordering window (RFC 8985 section 6.2). The stack itself reorders segments: replicas
   * transmit in claim order, and a replica that was preempted is late by a scheduling quantum.
   */
  readonly reorderingFloorMicros: number
  /** How long TIME-WAIT lasts: 2 MSL; below `maximumGapMicros`. */
  readonly timeWaitMicros: number
  /**
   * Key of the hashes whose values strangers must not predict: initial sequence numbers, ports, cookies, places in
   * the tuple hash.
   */
  readonly secret: HashKey
  /** Set if several machines share this host's address, each with its own connections: which of them this is. */
  readonly shard?: ShardConfig
}

/** Connections belong to the machine that `shardOfTuple` names; machine 0 alone answers ARP requests. */
export interface ShardConfig {
  /** 0 … count - 1. */
  readonly index: number
  readonly count: number
}
