/**
 * A stack over the device that the agent passed on, and its transfers: each line of standard input is a
 * `TransferSpec`; it connects to the peer, moves the stream one way, checks what it received, and prints `result ` and a
 * `TransferResult` as JSON. Ends at the first that fails: the reason is on standard error.
 *
 *     node transfer.ts '<StackSpec as JSON>' '<device as JSON>'
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Connection, createStack, type Stack } from '../../stack/index.ts'
import { mirrorCounters } from '../top/mirror.ts'
import { Disturber } from './disturbance.ts'
import { inheritedDevice } from './inherited-device.ts'
import { Activity } from './stack-activity.ts'
import { divergencesPrefix, resultPrefix } from './stack-process.ts'
import { StreamPattern, transferCipherKey } from './stream-pattern.ts'
import { receive, send, together } from './streams.ts'
import {
  type StackSpec,
  stackSpecSchema,
  type TransferResult,
  type TransferSpec,
  transferSpecSchema,
} from './transfer-spec.ts'

const spec = stackSpecSchema.parse(JSON.parse(process.argv[2] ?? ''))

const { strategy, payloadWork, idle, impairment, ...others } = spec
const stack = await createStack({
  ...others,
  strategy,
  device: { ...inheritedDevice(), ...(impairment === undefined ? {} : { impairment }) },
  payloadWork: { kind: payloadWork, cipherKey: transferCipherKey },
  ...(idle === undefined ? {} : { idle: { kind: idle } }),
  coalesceMillis: 4,
  // Few connections with large buffers: the defaults are for many.
  connectionCount: 64,
  // Enough for the application to sleep that long, and to be late by as much again, at several Gbit/s.
  sendBufferBytes: 8 * 2 ** 20,
  // A TAP queues 1000 frames towards the stack: a larger window would only overflow it.
  receiveBufferBytes: 2 ** 20,
})
mirrorCounters(stack, `${describe(strategy)}, ${payloadWork}`)

/** How often a replica was lost, left or joined until the end of the last transfer: because that one's disturbance wanted it. */
let crewEventsBefore = 0

try {
  for await (const line of createInterface({ input: process.stdin })) {
    const transfer = transferSpecSchema.parse(JSON.parse(line))
    const outcome = await withTimeout(run(stack, transfer), transfer.timeoutSeconds)
    process.stdout.write(`${resultPrefix}${JSON.stringify(outcome)}\n`)
  }
} catch (error) {
  // What the stack was doing when it failed, for the log.
  const report = stack.report()
  process.stderr.write(`${JSON.stringify(report)}\n`)
  process.stdout.write(`${divergencesPrefix}${report.divergences}\n`)
  // A connection that ended because the stack did is not the reason.
  throw stack.failure ?? error
} finally {
  await stack.stop()
}

async function run(stack: Stack, spec: TransferSpec): Promise<Omit<TransferResult, 'output'>> {
  const pattern = new StreamPattern(readFileSync(spec.patternPath))
  const activity = new Activity(stack)
  const connections: Connection[] = []
  while (connections.length < spec.connections) {
    connections.push(await stack.connect({ address: spec.peerAddress, port: spec.port }))
  }
  const move = spec.direction === 'send' ? send : receive
  const disturber = disturb(stack, connections, spec)
  const moved = await Promise.all(connections.map((connection) => move(connection, pattern, spec)))
  const disturbed = await disturber?.finish()
  await stack.checkpoint()
  const { crewEvents = [], note } = stack.report()
  // The transfer survived it, but was not the one that was to be measured.
  if (spec.disturbance === undefined && crewEvents.length > crewEventsBefore) throw new Error(note)
  crewEventsBefore = crewEvents.length
  return {
    ...together(moved),
    ...activity.sinceStart(),
    ...(disturbed === undefined ? {} : { disturbed }),
  }
}

function disturb(
  stack: Stack,
  connections: readonly Connection[],
  spec: TransferSpec,
): Disturber | undefined {
  if (spec.disturbance === undefined) return undefined
  const arrivedOn = ({ stream }: Connection) =>
    spec.direction === 'send' ? stream.acknowledged : stream.consumed
  const arrived = () => connections.reduce((sum, connection) => sum + arrivedOn(connection), 0)
  const total = spec.connections * (spec.warmupBytes + spec.transferBytes)
  return new Disturber(stack, spec.disturbance, arrived, total)
}

function describe(option: StackSpec['strategy']): string {
  const { kind, ...factors } = option
  return [kind, ...Object.entries(factors).map(([name, value]) => `${name} ${value}`)].join(', ')
}

async function withTimeout<T>(work: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the transfer did not end within ${seconds} s`)),
      seconds * 1000,
    )
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}
