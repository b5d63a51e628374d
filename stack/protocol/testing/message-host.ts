/** A machine with one composite, as its application and its peer use it. */
import { CtpKind } from '../../wire/ctp.ts'
import { Format } from '../../wire/header.ts'
import type { MachineConfig } from '../config.ts'
import { composeMicroprotocols, type MicroprotocolName } from '../ctp/composition.ts'
import { Request } from '../requests.ts'
import { compositeRecord, messageRoom } from '../state/composites.ts'
import { planLayout } from '../state/layout.ts'
import { DatagramHost } from './datagram-host.ts'
import { type Head, localAddress, peerAddress, type TestHost } from './host.ts'
import type { DatagramUpcall, ReadableAction, SentMessage } from './readable.ts'

export const room = messageRoom({ mtuBytes: 1500 })
/** Messages that a buffer holds. */
export const window = 128
const [localPort, peerPort] = [1000, 2000]
const length = 100

export class MessageHost {
  readonly datagrams: DatagramHost
  readonly host: TestHost
  readonly microprotocols: number
  readonly socket: number
  /** Messages that the application gave. */
  #given = 0

  constructor(names: readonly MicroprotocolName[], config: Partial<MachineConfig> = {}) {
    this.datagrams = new DatagramHost(config)
    this.host = this.datagrams.host
    this.microprotocols = composeMicroprotocols(names)
    const bound = this.datagrams.bind(localPort, { port: peerPort }, 5, this.microprotocols + 1)
    if (bound.error !== 0) throw new Error(`bind: error ${bound.error}`)
    this.socket = bound.socket
  }

  get composite(): Record<keyof typeof compositeRecord.offsets, number> {
    return compositeRecord.read(this.host.state, planLayout(this.host.config).composites)
  }

  /** The application gives the next `count` messages; returns the numbers of those that leave. */
  send(count = 1): number[] {
    const numbers: number[] = []
    for (let k = 0; k < count; k += 1) {
      const position = Math.imul(this.#given, room)
      const actions = this.host.request(Request.sendDatagram, [this.socket, position, length, 0, 0, 0, 0, 0])
      numbers.push(...leaving(actions))
      this.#given += 1
    }
    return numbers
  }

  /** A message of the peer arrives. */
  hear(number: number, more: { bits?: number; payloadLength?: number } = {}): ReadableAction[] {
    const { bits = this.microprotocols, payloadLength = length } = more
    return this.#frame({ ctpKind: CtpKind.data, microprotocols: bits, number, payloadLength })
  }

  /** An acknowledgment of the peer arrives. `held`: numbers beyond `next` that arrived. */
  hearAcknowledgment(next: number, held: readonly number[] = [], edge = next + window): ReadableAction[] {
    const words = [0, 0, 0, 0]
    for (const number of held) {
      const bit = number - next - 1
      words[bit >> 5] = (words[bit >> 5] as number) | (1 << (bit & 31))
    }
    const kind = CtpKind.acknowledgment
    return this.#frame({ ctpKind: kind, microprotocols: this.microprotocols, next, edge, held: words })
  }

  /** The application has read all messages below this number. */
  read(number: number): ReadableAction[] {
    return this.datagrams.read(this.socket, Math.imul(number, room))
  }

  /** Lets time pass, request by request, as timers come due; returns what came of it. */
  passes(micros: number): ReadableAction[] {
    const until = this.host.now + micros
    const actions: ReadableAction[] = []
    for (;;) {
      const deadline = this.host.machine.microsUntilDeadline(this.host.now)
      if (this.host.now + deadline > until) break
      this.host.now += deadline
      actions.push(...this.host.tick())
    }
    this.host.now = until
    return actions
  }

  #frame(fields: Head): ReadableAction[] {
    return this.host.frame({
      format: Format.ctp,
      ipSource: peerAddress,
      ipDestination: localAddress,
      sourcePort: peerPort,
      destinationPort: localPort,
      payloadOffset: 46,
      ...fields,
    })
  }
}

/** Numbers of the messages among actions, in order. */
export function leaving(actions: readonly ReadableAction[]): number[] {
  return messages(actions, 'message').map(({ messageNumber }) => messageNumber)
}

export function acknowledgments(actions: readonly ReadableAction[]): SentMessage[] {
  return messages(actions, 'acknowledgment')
}

/** Numbers, by their positions, of the messages that the application is told of; only with ordering. */
export function told(actions: readonly ReadableAction[]): number[] {
  return actions.flatMap((action) =>
    'upcall' in action && action.upcall === 'datagram' ? [(action as DatagramUpcall).position / room] : [],
  )
}

function messages(actions: readonly ReadableAction[], kind: SentMessage['action']): SentMessage[] {
  return actions.filter((action): action is SentMessage => action.action === kind)
}
