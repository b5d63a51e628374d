/**
 * Checks the demonstration from the Linux host: the page comes, no echo request is lost, and transfers arrive intact,
 * one after the other and at the same time.
 */
import { makePattern, StreamPattern } from '../content/stream-pattern.ts'
import { HarnessError } from '../error.ts'
import type { Demo } from './demo.ts'

export interface DemoLoad {
  readonly pings: number
  readonly sequentialTransfers: number
  readonly concurrentTransfers: number
  readonly transferBytes: number
}

export const fullLoad: DemoLoad = {
  pings: 1000,
  sequentialTransfers: 200,
  concurrentTransfers: 50,
  transferBytes: 1_000_000,
}

/** Throws HarnessError at the first check that fails; calls `onResult` with the result of each check. */
export async function checkDemo(demo: Demo, load: DemoLoad, onResult: (line: string) => void): Promise<void> {
  const { peer } = demo.testbed
  const { address } = demo.testbed.stack
  const page = await peer.exec(['curl', '-sS', '--max-time', '10', `${demo.url}/`])
  expect(page.exitCode === 0 && page.stdout.includes('<h1>'), 'the page did not come', page.stderr)
  onResult(`page: ${page.stdout.length} bytes`)

  const ping = await peer.exec(['ping', '-q', '-c', String(load.pings), '-i', '0.002', address])
  const statistics = ping.stdout.trim().split('\n').slice(-2).join('; ')
  expect(ping.exitCode === 0 && / 0% packet loss/.test(ping.stdout), 'echo requests were lost', statistics)
  onResult(`ping: ${statistics}`)

  const expected = new StreamPattern(makePattern()).at(0, load.transferBytes)
  const sum = await peer.exec(['cksum'], { input: expected })
  const url = `${demo.url}/bytes/${load.transferBytes}`
  const one = `curl -sS --max-time 60 ${url} | cksum`
  await compare(
    demo,
    `for i in $(seq ${load.sequentialTransfers}); do ${one}; done`,
    load.sequentialTransfers,
    sum.stdout,
  )
  onResult(`sequential: ${load.sequentialTransfers} transfers of ${load.transferBytes} bytes, all intact`)
  await compare(
    demo,
    `for i in $(seq ${load.concurrentTransfers}); do (${one}) & done; wait`,
    load.concurrentTransfers,
    sum.stdout,
  )
  onResult(`concurrent: ${load.concurrentTransfers} transfers of ${load.transferBytes} bytes, all intact`)
}

async function compare(demo: Demo, script: string, count: number, sum: string): Promise<void> {
  const result = await demo.testbed.peer.exec(['sh', '-c', script])
  const sums = result.stdout.trim().split('\n')
  const intact = sums.filter((line) => line.trim() === sum.trim()).length
  expect(
    intact === count && sums.length === count,
    `${intact} of ${count} transfers were intact`,
    result.stderr,
  )
}

function expect(condition: boolean, what: string, details: string): void {
  if (condition) return
  throw new HarnessError(
    `The demonstration failed: ${what}. ${details.trim().slice(0, 500)}`,
    'Run `make doctor`; then look at the stack with `docker exec` while `make demo` runs.',
  )
}
