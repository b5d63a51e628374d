/** The stack's UDP sockets and programs of an unmodified Linux: who asks, who answers, and who is refused. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '../../topology/node.ts'
import { echoPort, namePort } from '../../wire/testing/echo-ports.ts'
import { EchoStack } from '../../wire/testing/echo-stack-process.ts'
import { tapDeployment } from '../../wire/testing/tap-deployment.ts'

/** A port where nobody listens, at either host. */
const closedPort = 9

const tap = tapDeployment()
let stack: EchoStack

beforeAll(async () => {
  stack = await EchoStack.start(tap.deployment)
})

afterAll(() => stack?.end())

/** Runs `datagram_client.py` on the Linux peer and returns what it prints. */
async function client(ask: string, port: number): Promise<unknown> {
  const program = ['python3', `${paths.peerPrograms}/datagram_client.py`, ask]
  const { stdout, stderr } = await tap.peer.exec([...program, '--connect', `${tap.stackAddress}:${port}`])
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

test('socat gets back the datagram that it sends', async () => {
  const command = `printf 'a datagram' | socat -t 2 - UDP4:${tap.stackAddress}:${echoPort}`
  const { exitCode, stdout } = await tap.peer.exec(['sh', '-c', command])
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'a datagram' })
})

test('a question for a name is answered', async () => {
  expect(await client('name', namePort)).toEqual({
    event: 'result',
    isAnswer: true,
    echoesQuestion: true,
    addresses: ['192.0.2.53'],
  })
})

test('1,000 datagrams of 1 to 1472 bytes come back, byte for byte', async () => {
  const before = (await stack.report()).protocol
  expect(await client('echo', echoPort)).toEqual({ event: 'result', echoed: 1000, wrong: 0, missing: [] })
  const { protocol, divergences, failure } = await stack.report()
  const moved = (name: string) => (protocol[name] ?? 0) - (before[name] ?? 0)
  expect([moved('datagramsIn'), moved('datagramsOut'), moved('datagramsDropped')]).toEqual([1000, 1000, 0])
  expect({ divergences, failure }).toEqual({ divergences: 0, failure: null })
})

test('Linux learns that nobody listens on a port of the stack', async () => {
  expect(await client('refused', closedPort)).toEqual({ event: 'result', error: 'ConnectionRefusedError' })
})

test('the stack’s connected socket learns that nobody listens on a port of Linux', async () => {
  expect(await stack.sendTo({ address: tap.peer.address, port: closedPort })).toMatch('refused')
})
