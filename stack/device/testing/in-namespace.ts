/** For tests of what the kernel is behind: a network namespace made for them, and descriptors that are closed after them. */
import { afterAll, beforeAll, describe } from 'vitest'
import { closeDescriptors, type DescriptorDeviceHandle } from '../descriptor-device.ts'
import { enterNewNetworkNamespace, networkNamespaceObstacle } from '../network-namespace.ts'

/** Notes a handle, which is closed when all tests have run, and returns it. */
export type Opened = (handle: DescriptorDeviceHandle) => DescriptorDeviceHandle

/**
 * Declares tests that run in a network namespace of their own; skips them, saying that `what` is not tested and why,
 * where none can be made (it needs SYS_ADMIN, NET_ADMIN and /dev/net/tun, but no container).
 */
export function describeInNamespace(what: string, declare: (opened: Opened) => void): void {
  const obstacle = networkNamespaceObstacle()
  if (obstacle !== '') console.warn(`${what} not tested: ${obstacle}`)
  describe.skipIf(obstacle !== '')('in a network namespace', () => {
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
