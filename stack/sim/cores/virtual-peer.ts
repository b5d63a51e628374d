/**
 * The peer in virtual time: our protocol machine as receiver, instead of Linux. The machine costs no time, because on
 * a TAP the writer's write includes the peer's receive path. The peer's program, which takes the bytes, is a thread
 * on the same processors.
 */
import type { Device } from '../../device/device.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import { Endpoint, type EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import type { StackParameters } from '../../strategy/options.ts'
import { strategyOf } from '../../strategy/strategies.ts'
import type { StrategyThread } from '../../strategy/strategy.ts'
import type { VirtualTap } from './virtual-tap.ts'
import type { Steppable, VirtualThread } from './virtual-thread.ts'

/** The program sleeps until `lowWaterBytes` have arrived, and takes at most `pieceBytes` in a step. */
const lowWaterBytes = 512 << 10
const pieceBytes = 64 << 10
const nobodyWaits = 1e6

export interface VirtualPeerParts {
  readonly parameters: StackParameters
  readonly tap: VirtualTap
  readonly port: number
  readonly sinkByteNanos: number
  nowNanos(): number
  /** Wakes the program's thread now. */
  wakeSink(): void
  /** Called with the number of bytes that arrived in order, whenever there are more. */
  onReceived(bytes: number): void
}

export class VirtualPeer implements Steppable, EndpointHandler {
  readonly #parts: VirtualPeerParts
  readonly #thread: StrategyThread
  readonly #endpoint: Endpoint
  readonly #inbound: Uint8Array[] = []
  #stream: Stream | undefined
  #isRunning = false

  constructor(parts: VirtualPeerParts) {
    const { parameters, tap } = parts
    this.#parts = parts
    const strategy = strategyOf(parameters)
    const layout = strategy.plan(parameters)
    const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
    strategy.initialise(region, layout, 0)
    const device: Device = {
      capabilities: tap.capabilities,
      read: (at, limit) => {
        const frame = this.#inbound.shift()
        if (frame === undefined) return 0
        region.bytes.set(frame.subarray(0, limit), at)
        return Math.min(limit, frame.length)
      },
      write: (at, length) => {
        tap.queue(region.bytes.slice(at, at + length), parts.nowNanos())
        return true
      },
      wait: () => {},
      wake: () => {},
      close: () => {},
    }
    const clock = { nowMicros: () => (parts.nowNanos() / 1000) | 0 }
    this.#thread = strategy.openThread({
      region,
      layout,
      parameters,
      thread: 0,
      device,
      clock,
      seed: 1,
      pause: () => this.#endpoint.poll(64),
    })
    this.#endpoint = new Endpoint(strategy.openEnds(region, layout, () => {}).application, this)
    this.#endpoint.listen(1, parts.port, 1)
    tap.onFrame = (frame) => {
      this.#inbound.push(frame)
      this.#run()
    }
    this.#run()
  }

  /** The program: takes what has arrived. */
  step(thread: VirtualThread): void {
    this.#run()
    const stream = this.#stream
    const bytes = Math.min(stream?.readableBytes ?? 0, pieceBytes)
    if (stream === undefined || bytes === 0) {
      thread.sleep(Math.max(1000, this.#untilDeadline()))
      return
    }
    thread.spend(bytes * this.#parts.sinkByteNanos)
    const window = stream.readWindow(bytes)
    stream.consume(window.length)
    this.#run()
  }

  onListening(): void {}
  onConnected(): void {}
  onConnectFailed(): void {}

  onAccepted(stream: Stream): void {
    this.#stream = stream
  }

  onProgress(stream: Stream): void {
    this.#parts.onReceived(stream.readable)
    if (stream.readableBytes >= lowWaterBytes) this.#parts.wakeSink()
  }

  #untilDeadline(): number {
    const now = (this.#parts.nowNanos() / 1000) | 0
    return Math.min(nobodyWaits, this.#thread.microsUntilDeadline(now)) * 1000
  }

  /** Runs the peer until it has nothing to do; a write in the midst of it does not start it again. */
  #run(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    while (this.#thread.doWork() + this.#endpoint.poll(64) > 0);
    this.#isRunning = false
  }
}
