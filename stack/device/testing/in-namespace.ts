/**
 * For tests of what the kernel is behind: a network namespace made for them, and descriptors that are closed
 * after them.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { closeDescriptors, type DescriptorDeviceHandle } from '../kernel/descriptor-device.ts'
import { enterNewNetworkNamespace } from '../kernel/network-namespace.ts'

/** Notes a handle, which is closed when all tests have run, and returns it. */
export type Opened = (handle: DescriptorDeviceHandle) => DescriptorDeviceHandle

/**
 * Declares tests that run in a network namespace of their own, which needs SYS_ADMIN, NET_ADMIN and
 * /dev/net/tun, but no container. Where none can be made the tests fail and say why: nobody would notice what
 * is skipped.
 */
export function describeInNamespace(declare: (opened: Opened) => void): void {
  describe('in a network namespace', () => {
    let leave = (): void => {}
    const open: DescriptorDeviceHandle[] = []
    beforeAll(() => {
      leave = enterNewNetworkNamespace()
    })
    afterAll(() => {
      for (const handle of open) closeDescriptors(handle)
      leave()
    })
    declare((handle) => {
      open.push(handle)
      return handle
    })
  })
}
