/**
 * Super-frames that the kernel cuts in software, at one end of a veth pair without offloads; a plain packet socket at the
 * other, in a network namespace made here. Needs SYS_ADMIN, NET_ADMIN and the `ip` command, but no container.
 */
import { expect, test } from 'vitest'
import { openRegion } from '../../dominoes/memory/region.ts'
import { transportChecksumHolds } from '../../wire/frame.ts'
import { virtioHeaderBytes, virtioTrustsChecksum } from '../../wire/virtio.ts'
import { complianceRegion } from '../testing/device.compliance.ts'
import { describeInNamespace } from '../testing/in-namespace.ts'
import { switchOffloadsOff } from '../testing/offloads.ts'
import { superFrameHeaderBytes, superFrameSegmentBytes, writeSuperFrame } from '../testing/super-frame.ts'
import { makeVeth, nextFrame } from '../testing/veth.ts'
import { openPacketRing } from './packet-ring/packet-ring.ts'
import { createPacketRingDevice } from './packet-ring/packet-ring-device.ts'
import { createPacketSocketDevice, openPacketSocket } from './packet-socket.ts'
import { superFrameBytes } from './tap.ts'

const kinds = [
  { kind: 'socket', open: openPacketSocket, create: createPacketSocketDevice },
  { kind: 'ring', open: openPacketRing, create: createPacketRingDevice },
]

describeInNamespace((opened) => {
  test.each(kinds)(
    'a packet $kind sends a super-frame as single segments with checksums, and receives single frames',
    ({ kind, open, create }) => {
      const name = `gso-${kind}`
      makeVeth(name)
      for (const end of [name, `${name}p`]) switchOffloadsOff(end)
      const region = complianceRegion()
      const handle = opened(open({ interfaceName: name, offload: 'gso' }))
      expect(handle.capabilities).toEqual({
        frameBytes: 1514,
        sentFrameBytes: superFrameBytes,
        virtioHeader: true,
        checksumOffload: true,
        segmentationOffload: true,
      })
      const near = create(region, handle)
      const farRegion = openRegion(new SharedArrayBuffer(1 << 20))
      const far = createPacketSocketDevice(farRegion, opened(openPacketSocket({ interfaceName: `${name}p` })))
      const payloadBytes = 40_000
      const length = writeSuperFrame(region.bytes, payloadBytes)
      expect(near.write(0, length)).toBe(true)
      near.flush?.()
      const headerBytes = superFrameHeaderBytes - virtioHeaderBytes
      let arrived = 0
      while (arrived < payloadBytes) {
        const frameBytes = nextFrame(far)
        const wanted = Math.min(superFrameSegmentBytes, payloadBytes - arrived)
        expect(frameBytes).toBe(headerBytes + wanted)
        const from = superFrameHeaderBytes + arrived
        const { bytes, words } = farRegion
        expect(bytes.slice(headerBytes, frameBytes)).toEqual(region.bytes.slice(from, from + wanted))
        expect(transportChecksumHolds(bytes, 0, frameBytes, words)).toBe(true)
        arrived += wanted
      }
      // The last of them, back.
      const last = payloadBytes % superFrameSegmentBytes
      expect(far.write(0, headerBytes + last)).toBe(true)
      expect(nextFrame(near)).toBe(superFrameHeaderBytes + last)
      expect(virtioTrustsChecksum(region.bytes, 0)).toBe(false)
      near.close()
      far.close()
    },
  )
})
