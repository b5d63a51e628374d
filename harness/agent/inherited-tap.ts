/**
 * How a TAP reaches the process of a transfer: as descriptor 3, inherited from the agent, and described by the last
 * argument.
 */
import type { DeviceOption, openTap } from '../../stack/index.ts'

/** A TAP that is open in this process. */
export type Tap = ReturnType<typeof openTap>

const inheritedDescriptor = 3

/** The argument that tells a child process what its descriptor 3 is. */
export function passOn(tap: Pick<DeviceOption, 'name' | 'capabilities'>): string {
  return JSON.stringify({ name: tap.name, capabilities: tap.capabilities })
}

/** In the child process: the TAP that it was given. */
export function inheritedTap(): DeviceOption {
  const { name, capabilities } = JSON.parse(process.argv[3] ?? '{}') as Pick<
    DeviceOption,
    'name' | 'capabilities'
  >
  return { kind: 'tap', name, descriptor: inheritedDescriptor, capabilities }
}
