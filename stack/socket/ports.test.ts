import { expect, test } from 'vitest'
import { openRegion } from '../dominoes/memory/region.ts'
import type { ApplicationEnds } from '../strategy/running/running-stack.ts'
import { mapIpv4 } from '../wire/address.ts'
import { Endpoint, type EndpointHandler } from './endpoint.ts'

/** An endpoint, and what it posted. */
function make() {
  const posted: Int32Array[] = []
  const parts = {
    region: openRegion(new SharedArrayBuffer(64)),
    mailbox: {
      tryPostRecord: (request: Int32Array) => {
        posted.push(request.slice())
        return true
      },
    },
    wake: () => {},
  } as unknown as ApplicationEnds
  return { posted, endpoint: new Endpoint(parts, {} as EndpointHandler) }
}

test.each([0, -1, 65_536, 80.5, Number.NaN])('%d is refused as a port before anything is posted', (port) => {
  const { posted, endpoint } = make()
  expect(() => endpoint.listen(1, port, 8)).toThrow(/port must be an integer of 1 … 65535/)
  expect(() => endpoint.connect(1, mapIpv4(0x0a000002), port, 0)).toThrow(RangeError)
  if (port !== 0)
    expect(() => endpoint.connect(1, mapIpv4(0x0a000002), 80, port)).toThrow(/localPort must be/)
  expect(posted).toEqual([])
})

test('the highest port is one, and a local port of 0 leaves the choice to the stack', () => {
  const { posted, endpoint } = make()
  endpoint.listen(1, 65_535, 8)
  endpoint.connect(2, mapIpv4(0x0a000002), 65_535, 0)
  expect(posted).toHaveLength(2)
})
