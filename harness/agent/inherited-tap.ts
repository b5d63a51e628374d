/**
 * How a TAP reaches the process of a transfer: as descriptors from 3 on, one for each of its queues, inherited from the
 * agent, and described by the last argument.
 */
import type { DeviceOption, openTap } from '../../stack/index.ts'

/** A TAP that is open in this process. */
export type Tap = ReturnType<typeof openTap>

type Description = Pick<DeviceOption, 'name' | 'capabilities'> & { readonly queues: number }

const firstInherited = 3

/** What the child process has to be given from descriptor 3 on. */
export function descriptorsOf({ fd, otherFds = [] }: Tap): readonly number[] {
  return [fd, ...otherFds]
}

/** The argument that tells a child process what it was given. */
export function passOn(tap: Tap): string {
  const { name, capabilities } = tap
  return JSON.stringify({ name, capabilities, queues: descriptorsOf(tap).length } satisfies Description)
}

/** In the child process: the TAP that it was given. */
export function inheritedTap(): DeviceOption {
  const { name, capabilities, queues } = JSON.parse(process.argv[3] ?? '{}') as Description
  const queueDescriptors = Array.from({ length: queues }, (_, queue) => firstInherited + queue)
  return { kind: 'tap', name, descriptor: firstInherited, queueDescriptors, capabilities }
}
