/**
 * A running TCP/IP stack as an application sees it. The application's thread is the one that called
 * `createStack`; the protocol runs on worker threads, as many as the strategy has.
 *
 *     const stack = await createStack({ strategy: { kind: 'replicated', replicas: 2 }, device, address: '10.77.0.1/24' })
 *     for await (const connection of await stack.listen(80)) serve(connection)
 */

import { setTimeout as sleep, setImmediate as yieldThread } from 'node:timers/promises'
import { UpcallError } from '../protocol/actions.ts'
import { messageLimit } from '../protocol/ctp/application.ts'
import { composeMicroprotocols, type MicroprotocolName } from '../protocol/ctp/composition.ts'
import { messageRoom } from '../protocol/state/composites.ts'
import type { LiveCounters } from '../strategy/layout/live-counters.ts'
import type { CrewControl, RunningStack, StackReport } from '../strategy/running/running-stack.ts'
import { startStack } from '../strategy/running/start.ts'
import { mapIpv4 } from '../wire/address.ts'
import { formatAddress, parseIpv4Address } from '../wire/addresses.ts'
import { ipv4HeaderBytes } from '../wire/ipv4.ts'
import { udpHeaderBytes } from '../wire/udp.ts'
import { Connection } from './connection.ts'
import type { CompositeBinding, DatagramHandler } from './datagram-endpoint.ts'
import type { DatagramPort } from './datagram-port.ts'
import { type DatagramAddress, DatagramSocket } from './datagram-socket.ts'
import { Endpoint, type EndpointHandler } from './endpoint.ts'
import { SocketError } from './errors.ts'
import { Listener } from './listener.ts'
import { resolveOptions, type StackOptions } from './options.ts'
import type { Stream } from './stream.ts'

/** Upcalls taken in one go before other work of the thread gets its turn. */
const pollLimit = 4096
/** How long the application sleeps without an upcall; also how soon it notices that the stack failed. */
const idleMicros = 100_000
/** How soon it polls again when something will become possible that no upcall announces. */
const owedMicros = 1000

interface PendingListener extends PromiseWithResolvers<void> {
  readonly listener: Listener
}

interface PendingConnection extends PromiseWithResolvers<Connection> {
  /** As errors name it. */
  readonly what: string
}

interface PendingSocket extends PromiseWithResolvers<DatagramSocket> {
  readonly limitBytes: number
  readonly peer?: DatagramAddress
}

export interface StackCounters extends StackReport, LiveCounters {
  /** Bytes of all connections that peers acknowledged, and that applications read. */
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** Starts a stack. Throws DeviceError or SocketError when it cannot. */
export async function createStack(options: StackOptions): Promise<Stack> {
  const parameters = resolveOptions(options)
  return new Stack(await startStack(parameters), options.coalesceMillis ?? 0, parameters.machine.mtuBytes)
}

export class Stack {
  readonly #running: RunningStack
  readonly #endpoint: Endpoint
  readonly #coalesceMillis: number
  readonly #mtuBytes: number
  readonly #connections = new Map<Stream, Connection>()
  /** By port. */
  readonly #listeners = new Map<number, Listener>()
  readonly #listening = new Map<number, PendingListener>()
  readonly #connecting = new Map<number, PendingConnection>()
  readonly #binding = new Map<number, PendingSocket>()
  readonly #sockets = new Map<DatagramPort, DatagramSocket>()
  readonly #pump: Promise<void>
  /** Bytes of connections that are no more. */
  readonly #released = { bytesSent: 0, bytesReceived: 0 }
  #nextCookie = 1
  #stopping = false

  constructor(running: RunningStack, coalesceMillis: number, mtuBytes = 1500) {
    this.#mtuBytes = mtuBytes
    this.#running = running
    this.#coalesceMillis = coalesceMillis
    this.#endpoint = new Endpoint(running.application, this.#handler(), this.#datagramHandler())
    this.#pump = this.#run()
  }

  /**
   * Accepts connections on a port. `backlog`: how many may wait for `accept`, and how many may be in the
   * handshake; of a sharded stack, for each worker. Throws SocketError `port in use`, RangeError for a port
   * that there is not.
   */
  async listen(port: number, options: { backlog?: number } = {}): Promise<Listener> {
    this.#throwIfStopped('listen')
    const cookie = this.#cookie()
    const listener = new Listener(port, () => {
      if (this.#listeners.get(port) !== listener) return
      this.#listeners.delete(port)
      this.#endpoint.unlisten(cookie, port)
    })
    this.#endpoint.listen(cookie, port, options.backlog ?? 64)
    const pending = { listener, ...Promise.withResolvers<void>() }
    this.#listening.set(cookie, pending)
    await pending.promise
    return listener
  }

  /**
   * Opens a connection. Throws SocketError: refused, timed out, unreachable, too many connections; RangeError
   * for a port that there is not. An address that no host has, such as a broadcast address, is unreachable at
   * once.
   */
  async connect(to: { address: string; port: number; localPort?: number }): Promise<Connection> {
    this.#throwIfStopped('connect')
    const cookie = this.#cookie()
    const what = `connection to ${to.address}:${to.port}`
    this.#endpoint.connect(cookie, mapIpv4(parseIpv4Address(to.address)), to.port, to.localPort ?? 0)
    const pending = { what, ...Promise.withResolvers<Connection>() }
    this.#connecting.set(cookie, pending)
    return pending.promise
  }

  /**
   * Opens a UDP socket that hears everybody on a port (0: any). Throws SocketError `port in use`, `too many connections`;
   * RangeError for a port that there is not.
   */
  bindDatagram(port: number): Promise<DatagramSocket> {
    return this.#bind(port, undefined)
  }

  /** Opens a UDP socket that sends to one peer and hears it alone. Throws as `bindDatagram`, and SocketError `unreachable`. */
  connectDatagram(to: DatagramAddress & { readonly localPort?: number }): Promise<DatagramSocket> {
    return this.#bind(to.localPort ?? 0, { address: to.address, port: to.port })
  }

  /**
   * Opens a composite protocol with one peer, which has to open one of the same microprotocols: its messages are datagrams
   * that are numbered, ordered, reliable and controlled as these say. Each end names its own port and the other's. Throws
   * RangeError, with reason and remedy, for microprotocols that make no sense together; else as `connectDatagram`.
   */
  async connectComposite(
    to: DatagramAddress & {
      readonly localPort: number
      readonly microprotocols: readonly MicroprotocolName[]
    },
  ): Promise<DatagramSocket> {
    const microprotocols = composeMicroprotocols(to.microprotocols)
    const roomBytes = messageRoom({ mtuBytes: this.#mtuBytes })
    return this.#bind(to.localPort, { address: to.address, port: to.port }, messageLimit(this.#mtuBytes), {
      microprotocols,
      roomBytes,
    })
  }

  /**
   * The replicas, which may be added, removed, killed and stalled while connections go on. Throws RangeError where
   * the strategy or its factors do not let them.
   */
  get crew(): CrewControl {
    const { crew } = this.#running
    if (crew === undefined) throw new RangeError('replicas cannot come and go with this strategy')
    return crew
  }

  /** Waits until digests cover all that the replicas applied so far, and goes on: a report can then be trusted. */
  checkpoint(): Promise<void> {
    return this.#running.checkpoint()
  }

  /** Waits until all replicas have applied the same requests, so that a report compares final states. */
  settle(): Promise<void> {
    return this.#running.settle()
  }

  /** Counters and digests so far; final after `settle`, which ends the stack's work. */
  report(): StackReport {
    return this.#running.report()
  }

  /** What the stack does right now, for those who look on: totals so far, read from shared memory in microseconds. */
  counters(): StackCounters {
    const streams = [...this.#connections.keys()]
    return {
      ...this.#running.report(),
      ...this.#running.liveCounters(),
      bytesSent: streams.reduce((sum, stream) => sum + stream.acknowledged, this.#released.bytesSent),
      bytesReceived: streams.reduce((sum, stream) => sum + stream.consumed, this.#released.bytesReceived),
    }
  }

  /** Connections that the protocol or the application has still to do with. */
  get connectionCount(): number {
    return this.#connections.size
  }

  /** What ended the stack by itself: a thread's error, or replicas that differ. Undefined as long as it works. */
  get failure(): Error | undefined {
    return this.#running.failure
  }

  /** Ends all threads. Connections that are open are not closed, they are gone. */
  async stop(): Promise<void> {
    if (this.#stopping) return this.#pump
    // The threads first: until they end, they may need their upcalls taken. Once they have ended, nothing
    // else keeps this process alive while it waits for the pump.
    const keepAlive = setInterval(() => {}, 1000)
    await this.#running.stop()
    this.#stopping = true
    this.#running.upcallSignal.notify()
    await this.#pump
    clearInterval(keepAlive)
    this.#fail(new SocketError('connection', 'stack stopped'))
  }

  async #bind(
    port: number,
    peer: DatagramAddress | undefined,
    limitBytes: number = this.#mtuBytes - ipv4HeaderBytes - udpHeaderBytes,
    composite?: CompositeBinding,
  ): Promise<DatagramSocket> {
    this.#throwIfStopped('bind')
    const cookie = this.#cookie()
    const target = peer && { address: mapIpv4(parseIpv4Address(peer.address)), port: peer.port }
    this.#endpoint.datagrams.bind(cookie, port, target, composite)
    const pending = { limitBytes, ...(peer && { peer }), ...Promise.withResolvers<DatagramSocket>() }
    this.#binding.set(cookie, pending)
    return pending.promise
  }

  /** Whoever waits learns that nothing more comes. */
  #fail(error: Error): void {
    const pending = [this.#listening, this.#connecting, this.#binding].flatMap((map) => [...map.values()])
    for (const { reject } of pending) reject(error)
    this.#binding.clear()
    for (const socket of this.#sockets.values()) socket.onStopped(new SocketError('socket', 'stack stopped'))
    this.#listening.clear()
    this.#connecting.clear()
    for (const [stream, connection] of this.#connections) {
      stream.end(UpcallError.reset)
      connection.onProgress()
    }
    for (const listener of [...this.#listeners.values()]) listener.close()
  }

  async #run(): Promise<void> {
    const { upcallSignal } = this.#running
    const rests = this.#coalesceMillis > 0
    while (!this.#stopping) {
      const token = upcallSignal.prepare()
      const taken = this.#endpoint.poll(pollLimit)
      if (taken === pollLimit || (taken > 0 && !rests)) {
        await yieldThread()
        continue
      }
      // Returns at once if there was an upcall since `prepare`.
      await upcallSignal.waitAsync(token, this.#endpoint.needsPolling ? owedMicros : idleMicros)
      const { failure } = this.#running
      if (failure !== undefined) this.#fail(failure)
      // Let upcalls gather, and replicas pass the requests that are there.
      if (rests) await sleep(this.#coalesceMillis)
    }
  }

  #handler(): EndpointHandler {
    return {
      onListening: (cookie, error) => this.#onListening(cookie, error),
      onConnected: (stream, cookie) => {
        const pending = take(this.#connecting, cookie)
        // Now, and not when the awaiting code resumes: the connection may end in the same poll.
        const connection = this.#hold(stream, pending?.what ?? 'connection', true)
        if (pending === undefined) connection.abort()
        else pending.resolve(connection)
      },
      onConnectFailed: (cookie, error) => {
        take(this.#connecting, cookie)?.reject(SocketError.fromUpcall('connect', error))
      },
      onAccepted: (stream, localPort) => {
        const connection = this.#hold(stream, `connection accepted on port ${localPort}`, false)
        const listener = this.#listeners.get(localPort) ?? this.#pendingListener(localPort)
        if (listener === undefined) connection.abort()
        else listener.onAccepted(connection)
      },
      onProgress: (stream) => this.#connections.get(stream)?.onProgress(),
      onGone: (stream) => {
        this.#connections.delete(stream)
        this.#released.bytesSent += stream.acknowledged
        this.#released.bytesReceived += stream.consumed
      },
    }
  }

  #datagramHandler(): DatagramHandler {
    return {
      onBound: (cookie, port) => {
        const pending = take(this.#binding, cookie)
        const socket = new DatagramSocket(port, {
          limitBytes: pending?.limitBytes ?? 0,
          ...(pending?.peer && { peer: pending.peer }),
        })
        this.#sockets.set(port, socket)
        if (pending === undefined) socket.close()
        else pending.resolve(socket)
      },
      onBindFailed: (cookie, error) => {
        take(this.#binding, cookie)?.reject(SocketError.fromUpcall('bind', error))
      },
      onDatagrams: (port) => this.#sockets.get(port)?.onProgress(),
      onDatagramRefused: (port, { address, port: to }, error) => {
        const peer = { address: formatAddress(address), port: to }
        const what = `datagram to ${peer.address}:${peer.port}`
        this.#sockets.get(port)?.onDatagramRefused(SocketError.fromUpcall(what, error), peer)
      },
      onDatagramGone: (port) => void this.#sockets.delete(port),
    }
  }

  #onListening(cookie: number, error: number): void {
    const pending = take(this.#listening, cookie)
    if (pending === undefined) return
    const { listener } = pending
    if (error !== 0) {
      listener.close()
      pending.reject(SocketError.fromUpcall('listen', error))
      return
    }
    // Now, and not when the awaiting code resumes: connections accepted meanwhile may come in the same poll.
    this.#listeners.set(listener.port, listener)
    pending.resolve()
  }

  /** In a sharded stack a worker may accept a connection before all workers listen. */
  #pendingListener(port: number): Listener | undefined {
    for (const { listener } of this.#listening.values()) if (listener.port === port) return listener
    return undefined
  }

  #hold(stream: Stream, what: string, isClaimed: boolean): Connection {
    const connection = new Connection(stream, what, this.#endpoint, isClaimed)
    this.#connections.set(stream, connection)
    return connection
  }

  #throwIfStopped(what: string): void {
    if (this.#stopping) throw new SocketError(what, 'stack stopped')
  }

  #cookie(): number {
    return this.#nextCookie++
  }
}

function take<T>(pending: Map<number, T>, cookie: number): T | undefined {
  const found = pending.get(cookie)
  pending.delete(cookie)
  return found
}
