import { expect, test } from 'vitest'
import { openEventFd } from '../kernel/descriptor-device.ts'
import { complianceRegion, describeDevice } from '../testing/device.compliance.ts'
import { createFramePairDevice, openFramePair } from './frame-pair.ts'

const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }

function openPair() {
  const pair = openFramePair('test')
  const [nearRegion, farRegion] = [complianceRegion(), complianceRegion()]
  const open = (fd: number, region: typeof nearRegion) =>
    createFramePairDevice(region, { name: 'test', fd, eventFd: openEventFd('test'), capabilities })
  const near = open(pair.near, nearRegion)
  const far = open(pair.far, farRegion)
  return { near, far, nearRegion, farRegion, advance: () => {}, close: () => pair.close() }
}

describeDevice('a pair of descriptors', openPair)

test('what nobody reads is bounded: one more is refused, and nothing of the others is lost', () => {
  const { near, far, close } = openPair()
  let taken = 0
  while (taken < 1_000_000 && near.write(0, 1514)) taken += 1
  expect(taken).toBeGreaterThan(50)
  expect(taken).toBeLessThan(1_000_000)
  let read = 0
  while (far.read(0, 1514) === 1514) read += 1
  expect(read).toBe(taken)
  close()
})
