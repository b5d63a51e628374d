/** A TAP with several queues, in a network namespace made here. Needs SYS_ADMIN, NET_ADMIN and /dev/net/tun. */
import { expect, test } from 'vitest'
import { EtherType, etherTypeOf, writeEthernet } from '../../wire/ethernet.ts'
import { TcpFlag, TcpWord } from '../../wire/header.ts'
import { IpProtocol, writeIpv4 } from '../../wire/ipv4.ts'
import { writeTcp } from '../../wire/tcp.ts'
import { complianceRegion, describeDevice } from '../testing/device.compliance.ts'
import { describeInNamespace } from '../testing/in-namespace.ts'
import { DescriptorDevice } from './descriptor-device.ts'
import { setInterfaceUp } from './interface-request.ts'
import { createPacketSocketDevice, openPacketSocket } from './packet-socket.ts'
import { createTapDevice, openTap } from './tap.ts'

const frameBytes = 60
const here = 0x0a000001
const there = 0x0a000002

/** A TCP segment of one flow, one way or the other, as its ports say. */
function writeFrame(bytes: Uint8Array, at: number, sourcePort: number, destinationPort: number): void {
  const outwards = sourcePort < destinationPort
  const record = new Int32Array(20)
  record[TcpWord.sourcePort] = sourcePort
  record[TcpWord.destinationPort] = destinationPort
  record[TcpWord.flags] = TcpFlag.ack
  writeEthernet(bytes, at, 0xffff, -1, 0x0200, outwards ? 1 : 2, EtherType.ipv4)
  writeIpv4(bytes, at + 14, IpProtocol.tcp, outwards ? here : there, outwards ? there : here, 20, 0)
  writeTcp(bytes, at + 34, record, 0)
}

describeInNamespace((opened) => {
  for (const offload of [false, true]) {
    const name = offload ? 'queues1' : 'queues0'
    describeDevice(`a TAP with three queues${offload ? ', with offload' : ''}`, () => {
      const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
      const tap = opened(openTap({ name, mtuBytes: 1500, offload, queues: 3 }))
      setInterfaceUp(name)
      const packets = opened(openPacketSocket({ interfaceName: name, offload }))
      const near = createTapDevice(nearRegion, tap)
      const far = createPacketSocketDevice(farRegion, packets)
      return { near, far, nearRegion, farRegion, advance: () => {}, close: () => {} }
    })
  }

  test('a flow’s frames arrive in the queue through which it was sent, and any thread can fetch them', () => {
    const tap = opened(openTap({ name: 'steered0', mtuBytes: 1500, queues: 2 }))
    setInterfaceUp('steered0')
    const packets = opened(openPacketSocket({ interfaceName: 'steered0' }))
    const region = complianceRegion()
    const far = createPacketSocketDevice(region, packets)
    const [first = -1, second = -1] = [tap.fd, ...(tap.otherFds ?? [])]
    const { name, eventFd, capabilities } = tap
    const queue = (fd: number, otherFds: number[] = []) =>
      new DescriptorDevice(region, { name, fd, otherFds, eventFd, capabilities })
    /** Length of the next frame of ours; the kernel sends some of its own on an interface that is new. */
    const readOurs = (device: DescriptorDevice): number => {
      for (;;) {
        const length = device.read(4096, 1514)
        if (length === 0 || etherTypeOf(region.bytes, 4096) === EtherType.ipv4) return length
      }
    }
    const arrivesAt = (port: number, own: number, other: number) => {
      writeFrame(region.bytes, 0, port, 5000)
      expect(queue(own).write(0, frameBytes)).toBe(true)
      writeFrame(region.bytes, 0, 5000, port)
      for (const _ of [1, 2]) expect(far.write(0, frameBytes)).toBe(true)
      const isInOther = readOurs(queue(other)) > 0
      queue(other, [own]).wait(1_000_000)
      const fetched = readOurs(queue(other, [own]))
      while (queue(other, [own]).read(4096, 1514) > 0);
      return { isInOther, fetched }
    }
    for (const port of [1000, 1001, 1002, 1003]) {
      expect(arrivesAt(port, first, second)).toEqual({ isInOther: false, fetched: frameBytes })
      expect(arrivesAt(port, second, first)).toEqual({ isInOther: false, fetched: frameBytes })
    }
  })

  test('a number of queues that cannot be is refused', () => {
    expect(() => openTap({ mtuBytes: 1500, queues: 0 })).toThrow(/1 to 64 queues/)
  })
})
