/**
 * Which connection a packet belongs to: by addresses and ports of both ends, whoever sent it. The table is bounded;
 * packets of connections that it has no room for are counted. A SYN over the ports of an earlier connection begins
 * another.
 */
import type { Endpoint, TcpPacket } from '../packet.ts'
import { ConnectionAnalyser } from './connection.ts'

export class ConnectionTable {
  /** In the order of their first packets. */
  readonly connections: ConnectionAnalyser[] = []
  readonly #current = new Map<string, ConnectionAnalyser>()
  readonly #connectionLimit: number
  readonly #recordLimit: number
  readonly #capturedAt: string | undefined

  /** `capturedAt`: see `CaptureOptions`. */
  constructor(connectionLimit: number, recordLimit: number, capturedAt: string | undefined) {
    this.#connectionLimit = connectionLimit
    this.#recordLimit = recordLimit
    this.#capturedAt = capturedAt
  }

  /** Undefined if the packet begins a connection for which there is no room. */
  find(packet: TcpPacket, micros: number): ConnectionAnalyser | undefined {
    const key = keyOf(packet)
    const known = this.#current.get(key)
    if (known !== undefined && !known.isSucceededBy(packet)) return known
    if (this.connections.length >= this.#connectionLimit) {
      // What follows is not the earlier connection's.
      this.#current.delete(key)
      return undefined
    }
    const connection = new ConnectionAnalyser(packet, micros, this.#recordLimit, this.#capturedAt)
    this.#current.set(key, connection)
    this.connections.push(connection)
    return connection
  }
}

function keyOf({ source, destination }: TcpPacket): string {
  const [a, b] = [nameOf(source), nameOf(destination)]
  return a < b ? `${a} ${b}` : `${b} ${a}`
}

function nameOf({ address, port }: Endpoint): string {
  return `${address}:${port}`
}
