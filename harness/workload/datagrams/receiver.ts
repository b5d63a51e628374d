/**
 * The end that receives numbered datagrams, on our stack: compares and counts them, and reports how far it is. `open` opens
 * another kind of socket than UDP's.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, Datagram, DatagramSocket } from '../../../stack/index.ts'
import { accept } from '../meet.ts'
import type { StackContext } from '../stack-side.ts'
import { DatagramAccount } from './account.ts'
import { type DatagramContent, readNumber, writeNumber } from './content.ts'
import type { DatagramTask, ReceiverTold } from './task.ts'

/** Reports for each window: more than one, so that the sender can go on before its window is used up. */
const reportsPerWindow = 4
/** Time between two looks whether all datagrams have arrived. */
const lookMillis = 10

export async function receive(
  task: DatagramTask,
  content: DatagramContent,
  { stack, listens, progresses }: StackContext,
  open?: () => Promise<DatagramSocket>,
): Promise<ReceiverTold> {
  const socket = await (open?.() ?? stack.bindDatagram(task.port))
  const [control] = (await accept({ stack, listens }, task.port, 1)) as [Connection]
  const receiver = new Receiver(socket, task, content)
  const startedAt = performance.now()
  const lastsMillis = 1000 * (task.settlingSeconds + task.seconds)
  progresses({
    arrivedBytes: () => task.datagramBytes * receiver.account.distinct,
    share: () => (performance.now() - startedAt) / lastsMillis,
  })
  const ending = async () => {
    const total = await totalFrom(control)
    await receiver.untilQuiet(total)
    socket.close()
    return total
  }
  const [total] = await Promise.all([ending(), receiver.run()])
  control.close()
  await control.closed()
  const { distinct, duplicated, reordered, damaged } = receiver.account
  const { measured } = receiver
  return { total, distinct, measured, measuredMicros: 1e6 * task.seconds, duplicated, reordered, damaged }
}

class Receiver {
  readonly account = new DatagramAccount()
  /** Datagrams that came within the measured time. */
  measured = 0
  readonly #socket: DatagramSocket
  readonly #task: DatagramTask
  readonly #content: DatagramContent
  /** When the measurement begins, `settlingSeconds` after the first datagram, in ms of `performance.now()`. */
  #opensAt = Number.POSITIVE_INFINITY
  #lastAt = 0
  #reported = 0

  constructor(socket: DatagramSocket, task: DatagramTask, content: DatagramContent) {
    this.#socket = socket
    this.#task = task
    this.#content = content
  }

  /** Receives and counts until the socket is closed. */
  async run(): Promise<void> {
    for (;;) {
      const datagrams = await this.#socket.receiveMany()
      const last = datagrams.at(-1)
      if (last === undefined) return
      this.#count(datagrams)
      this.#report(last)
    }
  }

  /** Waits until all `total` datagrams have arrived, or none has for `quietSeconds`. */
  async untilQuiet(total: number): Promise<void> {
    const from = performance.now()
    const quietMillis = 1000 * this.#task.quietSeconds
    while (this.account.distinct < total && performance.now() - Math.max(from, this.#lastAt) < quietMillis) {
      await sleep(lookMillis)
    }
  }

  #count(datagrams: readonly Datagram[]): void {
    const { settlingSeconds, seconds } = this.#task
    const now = performance.now()
    if (this.#lastAt === 0) this.#opensAt = now + 1000 * settlingSeconds
    this.#lastAt = now
    const isMeasured = now >= this.#opensAt && now < this.#opensAt + 1000 * seconds
    for (const { bytes } of datagrams) {
      const isFirst = this.account.take(this.#content.numberOf(bytes))
      if (isFirst && isMeasured) this.measured++
    }
  }

  /** Reports how far the receiver is. If there is no room to send, the next report says as much. */
  #report(to: Datagram): void {
    const { offeredPerSecond, windowDatagrams } = this.#task
    const { next } = this.account
    if (offeredPerSecond > 0 || next - this.#reported < windowDatagrams / reportsPerWindow) return
    // A socket that has a peer sends to no other.
    const address = this.#socket.peer === undefined ? to : undefined
    if (this.#socket.trySend(writeNumber(next), address)) this.#reported = next
  }
}

/** How many datagrams there were, which the sender tells after the last one. */
async function totalFrom(control: Connection): Promise<number> {
  const told: Buffer[] = []
  for await (const bytes of control) {
    told.push(Buffer.from(bytes))
    const all = Buffer.concat(told)
    if (all.length >= 4) return readNumber(all)
  }
  throw new Error('the sender ended before it told how many datagrams there were')
}
