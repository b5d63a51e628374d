import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { paths } from '../topology/node.ts'
import { closesFirstPort, echoPort, messageBytes } from './testing/echo-ports.ts'
import { type EchoReport, EchoStack } from './testing/echo-stack-process.ts'
import { tapDeployment } from './testing/tap-deployment.ts'

const defaultConnections = 1024
const residentLimitKibibytes = 2 * 2 ** 20

const tap = tapDeployment()
let stack: EchoStack | undefined

afterEach(async () => {
  await stack?.end()
  stack = undefined
})

const crowdResult = z.object({
  echoed: z.int(),
  lost: z.array(z.string()),
  openSeconds: z.number(),
  echoSeconds: z.number(),
})

const churnResult = z.object({ done: z.int(), failures: z.array(z.string()), seconds: z.number() })

/** Runs a program of the Linux peer and returns its result, the last line that it printed. */
async function run<Result>(program: string, options: readonly string[], schema: z.ZodType<Result>) {
  const command = ['python3', `${paths.peerPrograms}/${program}.py`, ...options]
  const { stdout, stderr } = await tap.peer.exec(command)
  const last = stdout.trim().split('\n').at(-1) || JSON.stringify({ event: 'failed', reason: stderr })
  const result = schema.safeParse(JSON.parse(last))
  if (!result.success) throw new Error(`${program} printed ${last}`)
  return result.data
}

function crowd(connections: number) {
  const options = ['--connect', `${tap.stackAddress}:${echoPort}`, '--connections', String(connections)]
  return run('crowd', [...options, '--bytes', String(messageBytes)], crowdResult)
}

/** Every connection echoes a kilobyte of its own while all are open; prints the time and memory that this took. */
async function echoOnAll(stack: EchoStack, connections: number): Promise<EchoReport> {
  const { echoed, lost, openSeconds, echoSeconds } = await crowd(connections)
  const report = await stack.report()
  const mebibytes = (kibibytes: number) => `${Math.round(kibibytes / 1024)} MiB`
  console.info(
    `${connections} connections: opened in ${openSeconds} s, echoed in ${echoSeconds} s; the stack's process holds ` +
      `${mebibytes(report.residentKibibytes)}, ${mebibytes(report.peakKibibytes)} at most`,
  )
  expect({ echoed, lost }).toEqual({ echoed: connections, lost: [] })
  expect(report).toMatchObject({ broken: 0, divergences: 0, failure: null })
  expect(report.peakKibibytes).toBeLessThan(residentLimitKibibytes)
  return report
}

test('1,024 connections are open at once with the defaults, and each echoes a kilobyte', async () => {
  stack = await EchoStack.start(tap.deployment)
  await echoOnAll(stack, defaultConnections)
})

test('4,096 connections are open at once if asked for, and each echoes a kilobyte', async () => {
  stack = await EchoStack.start(tap.deployment, { connectionCount: 4096 })
  await echoOnAll(stack, 4096)
})

test('10,000 connections in a row are opened and closed, by either end, and leave the table empty', async () => {
  stack = await EchoStack.start(tap.deployment)
  const options = ['--connect', `${tap.stackAddress}:${echoPort}`, '--closes-first', String(closesFirstPort)]
  const { done, failures, seconds } = await run('churn', [...options, '--count', '10000'], churnResult)
  console.info(`${done} connections in a row: ${seconds} s`)
  expect({ done, failures }).toEqual({ done: 10_000, failures: [] })
  const { protocol } = await stack.report()
  expect(protocol.listenOverflows).toBe(0)
  // Every place of the table is free again: as many connections as it has places can be open at once.
  await echoOnAll(stack, defaultConnections)
})
