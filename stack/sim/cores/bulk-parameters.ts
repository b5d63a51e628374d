/** The two hosts of a bulk transfer on virtual cores: what `createStack` would use, and a peer with Linux's windows. */
import type { MachineConfig } from '../../protocol/config.ts'
import type { StackParameters, StrategyOption } from '../../strategy/options.ts'

export const port = 5001
export const peerAddress = 0x0a000002
const mtuBytes = 1500
const mebibyte = 2 ** 20

const machine: Omit<MachineConfig, 'address' | 'etherHigh' | 'etherLow'> = {
  prefixLength: 24,
  gateway: 0,
  mtuBytes,
  connectionCount: 2,
  timeWaitCount: 8,
  listenerCount: 2,
  datagramSocketCount: 0,
  segmentCount: 4096,
  sendBufferBytes: 8 * mebibyte,
  receiveBufferBytes: mebibyte,
  congestionControl: 'cubic',
  minimumRtoMicros: 200_000,
  delayedAckMicros: 40_000,
  reorderingFloorMicros: 5000,
  timeWaitMicros: 1_000_000,
  secret: [0x0d03, 0x17e5],
}

/**
 * The code computes checksums whichever payload work is predicted, so that both ends verify what they get. How long
 * payload work takes comes from the prices.
 */
const common: Omit<StackParameters, 'strategy' | 'machine'> = {
  device: {
    kind: 'tap',
    name: 'virtual',
    descriptor: -1,
    capabilities: { frameBytes: mtuBytes + 14, virtioHeader: false, checksumOffload: false },
  },
  payloadWork: { kind: 'checksum' },
  idle: { kind: 'none' },
  slotCount: 1024,
  digestStride: 32,
}

export function stackParameters(strategy: StrategyOption): StackParameters {
  return { ...common, strategy, machine: { ...machine, address: 0x0a000001, etherHigh: 0x0200, etherLow: 1 } }
}

export function peerParameters(): StackParameters {
  return {
    ...common,
    strategy: { kind: 'sequential' },
    machine: {
      ...machine,
      address: peerAddress,
      etherHigh: 0x0200,
      etherLow: 2,
      receiveBufferBytes: 4 * mebibyte,
      sendBufferBytes: 2 ** 16,
    },
  }
}
