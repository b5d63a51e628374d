/** Default parameters of the stacks of simulated hosts. */
import type { DeviceCapabilities } from '../../device/device.ts'
import { plainEnd } from '../../device/simulated/simulated-endpoint.ts'
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { testConfig } from '../../protocol/testing/host.ts'
import type { StackLayout } from '../../strategy/layout/stack-layout.ts'
import type { StackParameters, StrategyOption } from '../../strategy/options.ts'
import { strategyOf } from '../../strategy/strategies.ts'

export const mtuBytes = 1500
export const frameBytes = mtuBytes + 14
/** Addresses of the two hosts of a simulation. */
export const addresses = [0x0a000001, 0x0a000002] as const

export type Changes = Partial<Omit<StackParameters, 'strategy' | 'device' | 'machine'>> & {
  readonly machine?: Partial<MachineConfig>
  /** Of the device. Default: it takes single frames, and does nothing to them. */
  readonly capabilities?: DeviceCapabilities
}

export function simulatedParameters(
  strategy: StrategyOption,
  side: 0 | 1,
  { machine, capabilities = plainEnd(frameBytes).capabilities, ...changes }: Changes = {},
): StackParameters {
  return {
    strategy,
    device: { kind: 'tap', name: 'simulated', descriptor: -1, capabilities },
    payloadWork: { kind: 'checksum' },
    idle: { kind: 'none' },
    slotCount: 256,
    digestStride: 16,
    ...changes,
    machine: {
      ...testConfig,
      address: addresses[side],
      etherLow: side + 1,
      gateway: 0,
      mtuBytes,
      connectionCount: 16,
      timeWaitCount: 16,
      sendBufferBytes: 16_384,
      receiveBufferBytes: 16_384,
      reorderingFloorMicros: 5_000,
      ...machine,
    },
  }
}

/** A stack that is about to be opened, with the memory that it lies in. */
export interface PlannedStack {
  readonly parameters: StackParameters
  readonly layout: StackLayout
  readonly region: Region
}

export function planStack(parameters: StackParameters): PlannedStack {
  const layout = strategyOf(parameters).plan(parameters)
  return { parameters, layout, region: openRegion(new SharedArrayBuffer(layout.sizeBytes)) }
}
