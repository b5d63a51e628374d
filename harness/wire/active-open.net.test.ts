import { afterAll, beforeAll, expect, test } from 'vitest'
import { EchoStack } from './testing/echo-stack-process.ts'
import { RawHost } from './testing/raw-host.ts'
import { tapDeployment } from './testing/tap-deployment.ts'

/** The address of the host that speaks raw frames: see `run.py`. */
const rawAddress = '10.77.0.77'
const silentAddress = '10.77.0.78'

const tap = tapDeployment()
let stack: EchoStack
let host: RawHost

beforeAll(async () => {
  stack = await EchoStack.start(tap.deployment)
  host = await RawHost.start(tap.peer, tap.stackAddress, false)
})

afterAll(async () => {
  await host?.end()
  await stack?.end()
})

type Target = Parameters<EchoStack['connect']>[0]

/** The outcome of connecting; `pending` after `seconds` without one. */
async function connect(to: Target, seconds: number): Promise<string> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, seconds * 1000, 'pending').unref())
  return Promise.race([stack.connect(to), late])
}

/** The same, while a case goes on. */
async function connectDuring(name: string, to: Target) {
  const [outcome, complaint] = await Promise.all([connect(to, 20), host.run(name)])
  return { complaint, outcome }
}

test('SYNs that cross open the connection, and end (RFC 9293 section 3.5)', async () => {
  const { complaint, outcome } = await connectDuring('simultaneous_open', { address: rawAddress, port: 5001 })
  expect({ complaint, outcome }).toEqual({ complaint: null, outcome: 'opened' })
})

test('ports and initial sequence numbers of ten connections show nothing of each other', async () => {
  const complaint = host.run('ports_and_sequence_numbers')
  for (let count = 0; count < 10; count += 1) {
    expect(await connect({ address: rawAddress, port: 5002 }, 5)).toBe('opened')
  }
  expect(await complaint).toBeNull()
})

test('connecting to a silent neighbour settles, though 100 strangers ask by ARP meanwhile', async () => {
  const to = { address: silentAddress, port: 80 }
  const { complaint, outcome } = await connectDuring('strangers_ask_while_the_stack_connects', to)
  expect(complaint).toBeNull()
  expect(outcome).toMatch(/unreachable|timed out/)
})

test.each([
  ['multicast', { address: '224.0.0.1', port: 80 }],
  ['the broadcast address of the subnet', { address: '10.77.0.255', port: 80 }],
  ['the broadcast address of all', { address: '255.255.255.255', port: 80 }],
  ['a port above 65535', { address: silentAddress, port: 65_616 }],
  ['port 0', { address: silentAddress, port: 0 }],
])('connecting to %s fails at once', async (_, to) => {
  expect(await connect(to, 1)).not.toMatch(/opened|pending/)
})
