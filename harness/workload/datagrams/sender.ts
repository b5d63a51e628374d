/**
 * The end that sends numbered datagrams, on our stack: at a fixed rate, or as fast as the receiver's reports allow. `open` opens another
 * kind of socket than UDP's.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatagramSocket } from '../../../stack/index.ts'
import type { StackContext } from '../stack-side.ts'
import { type DatagramContent, readNumber, writeNumber } from './content.ts'
import type { DatagramTask, SenderTold } from './task.ts'

/** After this time without a report, all datagrams in flight are given up: they were lost, or the report was. */
const silenceMillis = 100
/** At a fixed rate, datagrams are sent in bursts with this time between them: timers are no finer. */
const burstMillis = 1

export async function send(
  task: DatagramTask,
  content: DatagramContent,
  { stack, progresses }: StackContext,
  open?: () => Promise<DatagramSocket>,
): Promise<SenderTold> {
  const { peerAddress: address, port, datagramBytes } = task
  const control = await stack.connect({ address, port })
  const socket = await (open?.() ?? stack.connectDatagram({ address, port }))
  const reports = new Reports(socket)
  const startedAt = performance.now()
  const lastsMillis = 1000 * (task.settlingSeconds + task.seconds)
  progresses({
    arrivedBytes: () => datagramBytes * reports.next,
    share: () => (performance.now() - startedAt) / lastsMillis,
  })
  const pace = task.offeredPerSecond > 0 ? new Rate(task.offeredPerSecond) : new Window(reports, task)
  let sent = 0
  for (let elapsed = 0; elapsed < lastsMillis; elapsed = performance.now() - startedAt) {
    const limit = pace.limit(elapsed)
    while (sent < limit && socket.trySend(content.of(sent))) sent++
    if (sent === limit) await pace.wait(sent)
    else {
      await socket.send(content.of(sent))
      sent++
    }
  }
  const sentMicros = 1000 * (performance.now() - startedAt)
  await control.write(writeNumber(sent))
  // Waits until the receiver has counted: then no datagram is in flight.
  await control.read()
  socket.close()
  await reports.ended
  control.close()
  await control.closed()
  return { sent, sentMicros }
}

/** How many datagrams may have been sent by now, and how to wait once they have been. */
interface Pace {
  limit(elapsedMillis: number): number
  wait(sent: number): Promise<void>
}

class Rate implements Pace {
  readonly #perSecond: number

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  limit(elapsedMillis: number): number {
    return Math.floor((elapsedMillis * this.#perSecond) / 1000)
  }

  async wait(): Promise<void> {
    await sleep(burstMillis)
  }
}

/** At most `windowDatagrams` beyond the receiver's last report: a faster sender would only overflow the receiver. */
class Window implements Pace {
  readonly #reports: Reports
  readonly #datagrams: number
  /** Datagrams below this number are given up: no report of them is expected any more. */
  #givenUp = 0

  constructor(reports: Reports, { windowDatagrams }: DatagramTask) {
    this.#reports = reports
    this.#datagrams = windowDatagrams
  }

  limit(): number {
    return Math.max(this.#givenUp, this.#reports.next) + this.#datagrams
  }

  async wait(sent: number): Promise<void> {
    if (!(await this.#reports.isHeardWithin(silenceMillis))) this.#givenUp = sent
  }
}

/** What the receiver reports: one more than the highest number that it has. */
class Reports {
  next = 0
  /** Resolves when the socket is closed. Rejects with SocketError if the receiver has gone. */
  readonly ended: Promise<void>
  #wake: () => void = () => {}

  constructor(socket: DatagramSocket) {
    this.ended = this.#listen(socket)
    // `send` awaits `ended` last. Until then a failure only means that no report comes, and must not reject unhandled.
    this.ended.catch(() => {})
  }

  /** Whether a report comes within `millis`. */
  isHeardWithin(millis: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis, false)
      this.#wake = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }

  async #listen(socket: DatagramSocket): Promise<void> {
    for await (const { bytes } of socket) {
      this.next = Math.max(this.next, readNumber(bytes))
      this.#wake()
    }
  }
}
