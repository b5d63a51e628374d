/** A machine with UDP sockets, as its application and its peers use it. */
import { mapIpv4 } from '../../wire/address.ts'
import { Format } from '../../wire/header.ts'
import type { MachineConfig } from '../config.ts'
import { Request } from '../requests.ts'
import { datagramRoom } from '../state/datagrams.ts'
import { localAddress, peerAddress, TestHost } from './host.ts'
import type { DatagramUpcall, ReadableAction } from './readable.ts'

export interface Peer {
  readonly address?: number
  readonly port: number
}

export class DatagramHost {
  readonly host: TestHost
  /** Of each socket: where its next datagram goes in the send buffer. */
  readonly #written = new Map<number, number>()

  constructor(config: Partial<MachineConfig> = {}) {
    this.host = new TestHost(config)
    this.host.learn()
  }

  /**
   * Returns the upcall that answers. With a `peer`, the socket hears only that peer; with a `composite` (MicroprotocolBit
   * bits + 1), through these microprotocols.
   */
  bind(localPort: number, peer?: Peer, cookie = 5, composite = 0): DatagramUpcall {
    const address = mapIpv4(peer?.address ?? (peer === undefined ? 0 : peerAddress))
    const told = this.host.request(Request.bindDatagram, [
      cookie,
      localPort,
      ...address,
      peer?.port ?? 0,
      composite,
    ])
    return told[0] as DatagramUpcall
  }

  /** Binds a socket and returns its id. */
  open(localPort: number, peer?: Peer): number {
    const { socket, error } = this.bind(localPort, peer)
    if (error !== 0) throw new Error(`bind to ${localPort}: error ${error}`)
    return socket
  }

  send(
    socket: number,
    length: number,
    { address = peerAddress, port }: Peer = { port: 0 },
  ): ReadableAction[] {
    const position = this.#written.get(socket) ?? 0
    this.#written.set(socket, (position + datagramRoom(length)) | 0)
    return this.host.request(Request.sendDatagram, [socket, position, length, ...mapIpv4(address), port])
  }

  read(socket: number, position: number): ReadableAction[] {
    return this.host.request(Request.readDatagrams, [socket, position])
  }

  close(socket: number): ReadableAction[] {
    return this.host.request(Request.closeDatagram, [socket])
  }

  free(socket: number): ReadableAction[] {
    return this.host.request(Request.freeDatagram, [socket])
  }

  /** A datagram arrives from a peer. */
  hear(localPort: number, length: number, { address = peerAddress, port }: Peer): ReadableAction[] {
    return this.host.frame({
      format: Format.udp,
      ipSource: address,
      ipDestination: localAddress,
      sourcePort: port,
      destinationPort: localPort,
      payloadOffset: 42,
      payloadLength: length,
    })
  }

  /** An ICMP error arrives that quotes a datagram of ours to `to`. */
  refuse(localPort: number, to: Peer, type = 3, code = 3): ReadableAction[] {
    return this.host.frame({
      format: Format.icmpError,
      ipSource: to.address ?? peerAddress,
      ipDestination: localAddress,
      icmpType: type,
      icmpCode: code,
      quotedProtocol: 17,
      quotedSource: localAddress,
      quotedDestination: to.address ?? peerAddress,
      quotedSourcePort: localPort,
      quotedDestinationPort: to.port,
    })
  }
}
