import { connectTapPort } from './bridge.ts'
import { type LinkKind, processOf } from './link.ts'

/** A stack at a switch: the TAP that it made is moved to the switch, as a port. The stack keeps its descriptor. */
export const tapPort: LinkKind = {
  device: 'tap',

  deploy: () => [],

  connectTap(link, processes, owner, interfaceName) {
    const from = { name: owner.name, pid: processOf(processes, owner) }
    return connectTapPort(from, processOf(processes, link.second), interfaceName, link.mtuBytes)
  },
}
