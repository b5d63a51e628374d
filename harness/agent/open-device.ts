/** Opens the device for an agent's stacks, as the agent's command line describes it. */
import { openPacketRing, openPacketSocket, openTap, type PacketOffload } from '../../stack/index.ts'

/** A device that is open in this process. */
export interface OpenDevice {
  readonly kind: DeviceSpec['kind']
  readonly handle: ReturnType<typeof openTap>
}

/** How to reach the wire, as the harness knows from the topology's link. */
export type DeviceSpec =
  | {
      readonly kind: 'tap'
      readonly name: string
      readonly mtuBytes: number
      readonly queues: number
      readonly offload: boolean
    }
  /** On an interface that exists already and has the link's MTU. */
  | {
      readonly kind: 'packet-socket' | 'packet-ring'
      readonly name: string
      readonly offload: PacketOffload
    }

/** Throws DeviceError with a remedy. */
export function openDevice(spec: DeviceSpec): OpenDevice {
  switch (spec.kind) {
    case 'tap':
      return { kind: spec.kind, handle: openTap(spec) }
    case 'packet-socket':
      return {
        kind: spec.kind,
        handle: openPacketSocket({ interfaceName: spec.name, offload: spec.offload }),
      }
    case 'packet-ring':
      return {
        kind: spec.kind,
        handle: openPacketRing({ interfaceName: spec.name, offload: spec.offload }),
      }
  }
}

const onVeth = 'give the container the capability NET_RAW, and one end of a veth pair'

/** What the container of a stack has to have for each kind. */
export const deviceRemedies: Readonly<Record<DeviceSpec['kind'], string>> = {
  tap: 'give the container /dev/net/tun and the capability NET_ADMIN (make doctor checks both)',
  'packet-socket': onVeth,
  'packet-ring': onVeth,
}
