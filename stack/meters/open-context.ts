/**
 * A stack on metered threads, connected through a TAP to a program that uses the kernel's TCP. The program runs in a
 * network namespace made here.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { monotonicClock } from '../device/kernel/clock.ts'
import { setInterfaceUp } from '../device/kernel/interface-request.ts'
import { enterNewNetworkNamespace } from '../device/kernel/network-namespace.ts'
import { openTap } from '../device/kernel/tap.ts'
import { pcapOrigin } from '../device/wrappers/pcap-recorder.ts'
import { openRegion } from '../dominoes/memory/region.ts'
import { bulkRestMillis } from '../sim/cores/bulk-rest.ts'
import type { Connection } from '../socket/connection.ts'
import { resolveOptions } from '../socket/options.ts'
import { Stack } from '../socket/stack.ts'
import type { StrategyOption } from '../strategy/options.ts'
import { openWaker } from '../strategy/running/open-device.ts'
import { strategyOf } from '../strategy/strategies.ts'
import { ControlWord } from './context-control.ts'
import type { ContextTask } from './context-thread.ts'
import { meterBytes } from './meter.ts'

export interface ContextSpec {
  readonly direction: 'send' | 'receive'
  readonly strategy: StrategyOption
  readonly payloadWork: 'copy' | 'checksum' | 'cipher'
  /** Key of the cipher, in hexadecimal. */
  readonly cipherKey: string
  /** File whose bytes, repeated, are the stream. */
  readonly patternPath: string
  /** The peer's program and its arguments; it listens on the port, on any address. */
  readonly peerCommand: readonly string[]
  readonly port: number
  readonly warmupBytes: number
  readonly transferBytes: number
}

export interface Context {
  readonly connection: Connection
  readonly peerPid: number
  /** One for each of the stack's threads. */
  readonly meters: readonly Float64Array[]
  readonly controls: readonly Int32Array[]
  close(): Promise<void>
}

const stackAddress = '10.78.0.1/24'
const peerAddress = '10.78.0.2'
/** How much the application may write ahead: as in measured transfers. */
const sendBufferBytes = 8 * 2 ** 20

export async function openContext(spec: ContextSpec): Promise<Context> {
  const { tap, peer } = openPeer(spec)
  const { fd: descriptor, ...handle } = tap
  const parameters = resolveOptions({
    strategy: spec.strategy,
    device: { ...handle, kind: 'tap', descriptor },
    address: stackAddress,
    payloadWork: { kind: spec.payloadWork, cipherKey: spec.cipherKey },
    connectionCount: 64,
    sendBufferBytes,
    receiveBufferBytes: 2 ** 20,
  })
  const strategy = strategyOf(parameters)
  const layout = strategy.plan(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  strategy.initialise(region, layout, monotonicClock.nowMicros())
  const waker = openWaker(handle.name)
  const tasks = Array.from(
    { length: layout.replicas },
    (_, thread): ContextTask => ({
      buffer: region.buffer,
      layout,
      parameters,
      thread,
      wakeDescriptor: waker.descriptor,
      seed: thread + 1,
      captureOrigin: pcapOrigin(monotonicClock),
      meter: new SharedArrayBuffer(meterBytes),
      control: new SharedArrayBuffer(4 * ControlWord.words),
    }),
  )
  const workers = tasks.map(
    (workerData) => new Worker(new URL('./context-thread.ts', import.meta.url), { workerData }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'online')))
  const ends = strategy.openEnds(region, layout, () => waker.wake())
  const audits = setInterval(() => ends.audits?.audit(), 50)
  const running = {
    ...ends,
    checkpoint: async () => {},
    settle: async () => {},
    report: () => {
      throw new Error('a context has no report')
    },
    failure: undefined,
    liveCounters: () => ({ perThread: [], ring: undefined }),
    stop: async () => {
      clearInterval(audits)
      const ended = workers.map((worker) => once(worker, 'exit'))
      ends.close()
      await Promise.all(ended)
    },
  }
  const stack = new Stack(running, bulkRestMillis)
  await once(createInterface({ input: peer.stdout as NonNullable<typeof peer.stdout> }), 'line')
  const connection = await stack.connect({ address: peerAddress, port: spec.port })
  return {
    connection,
    peerPid: peer.pid as number,
    meters: tasks.map((task) => new Float64Array(task.meter)),
    controls: tasks.map((task) => new Int32Array(task.control)),
    close: async () => {
      peer.kill('SIGKILL')
      await stack.stop()
    },
  }
}

/**
 * All that is made before `leave()` belongs to the new network namespace: the TAP and the peer's process. The TAP's
 * descriptor works from any namespace.
 */
function openPeer(spec: ContextSpec): { tap: ReturnType<typeof openTap>; peer: ChildProcess } {
  const leave = enterNewNetworkNamespace()
  try {
    const tap = openTap({ mtuBytes: 1500 })
    setInterfaceUp('lo')
    setInterfaceUp(tap.name)
    execFileSync('ip', ['address', 'add', `${peerAddress}/24`, 'dev', tap.name])
    const [program = '', ...argv] = spec.peerCommand
    return { tap, peer: spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] }) }
  } finally {
    leave()
  }
}
