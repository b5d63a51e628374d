/**
 * A stack for tests, in the stack's container: it echoes, connects on command, and reports its memory and counters. The
 * first line of standard input starts the stack, once its TAP is wired; each further line is an `EchoCommand`, answered
 * by a line.
 *
 *     node echo-stack.ts '<EchoStackOptions as JSON>'
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Connection, createStack, openTap, type Stack, type StackOptions } from '../../../stack/index.ts'
import { closesFirstPort, echoPort, messageBytes, namePort } from './echo-ports.ts'
import { answerName } from './name-answer.ts'

export type EchoStackOptions = Omit<StackOptions, 'device'>

/** Answered by a line with the same id, as soon as it is done. */
export type EchoCommand = { readonly id: number } & (
  | { readonly report: true }
  | { readonly connect: { readonly address: string; readonly port: number } }
  | { readonly sendTo: { readonly address: string; readonly port: number } }
)

const options = JSON.parse(process.argv[2] ?? '{}') as EchoStackOptions
const tap = openTap({ name: 'dominoes0', mtuBytes: 1500 })
emit({ interface: tap.name })
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
await lines.next()
const device = { kind: 'tap', name: tap.name, descriptor: tap.fd, capabilities: tap.capabilities } as const
const stack = await createStack({ ...options, device })
/** Connections that did not end in order. */
let broken = 0
await serve(stack, echoPort, echoAll)
await serve(stack, closesFirstPort, echoOne)
await serveDatagrams(echoPort, (bytes) => bytes)
await serveDatagrams(namePort, answerName)
emit({ listening: true })
for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
  const command = JSON.parse(line.value) as EchoCommand
  if ('report' in command) emit({ id: command.id, ...report() })
  else {
    const outcome = 'connect' in command ? connect(command.connect) : sendTo(command.sendTo)
    void outcome.then((outcome) => emit({ id: command.id, outcome }))
  }
}
await stack.stop()
process.exit(0)

async function serve(stack: Stack, port: number, handle: (connection: Connection) => Promise<void>) {
  const listener = await stack.listen(port)
  const accept = async () => {
    for await (const connection of listener) {
      handle(connection).catch(() => {
        broken += 1
        connection.finish()
      })
    }
  }
  void accept()
}

async function serveDatagrams(port: number, answer: (bytes: Uint8Array) => Uint8Array) {
  const socket = await stack.bindDatagram(port)
  const serving = async () => {
    for await (const { bytes, ...from } of socket) await socket.send(answer(bytes), from)
  }
  void serving()
}

async function echoAll(connection: Connection): Promise<void> {
  for await (const bytes of connection) await connection.write(bytes)
  connection.finish()
}

async function echoOne(connection: Connection): Promise<void> {
  for (let echoed = 0; echoed < messageBytes; ) {
    const bytes = await connection.read(messageBytes)
    if (bytes === null) break
    await connection.write(bytes)
    echoed += bytes.length
  }
  connection.finish()
}

function report(): object {
  const status = readFileSync('/proc/self/status', 'utf8')
  const kibibytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN)
  const { divergences, protocol } = stack.report()
  const failure = stack.failure?.message ?? null
  return {
    residentKibibytes: kibibytes('VmRSS'),
    peakKibibytes: kibibytes('VmHWM'),
    broken,
    divergences,
    failure,
    protocol,
  }
}

/** Whether it opened, and if not, why. */
async function connect(to: { address: string; port: number }): Promise<string> {
  try {
    const connection = await stack.connect(to)
    connection.finish()
    return 'opened'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** What comes back for a datagram: `answered`, or why nothing does. */
async function sendTo(to: { address: string; port: number }): Promise<string> {
  const socket = await stack.connectDatagram(to)
  try {
    await socket.send(Uint8Array.of(1))
    await socket.receive()
    return 'answered'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    socket.close()
  }
}

function emit(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
