/**
 * Starts the threads of a stack and hands the calling thread, which becomes the application's, its ends.
 * Knows strategies by their interface only.
 */
import { Worker } from 'node:worker_threads'
import { listedProcessors } from '../../device/kernel/affinity.ts'
import { monotonicClock } from '../../device/kernel/clock.ts'
import type { OpenPath } from '../../device/wrappers/impaired-path/open-path.ts'
import { pcapOrigin } from '../../device/wrappers/pcap-recorder.ts'
import type { AuditReport, Divergence } from '../../dominoes/audit/auditor.ts'
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import { untilRunning } from '../../dominoes/memory/running-message.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import { type LiveCounters, readLiveCounters } from '../layout/live-counters.ts'
import type { StackLayout } from '../layout/stack-layout.ts'
import { readThreadId, sumThreadCounter, ThreadCounter } from '../layout/thread-counters.ts'
import type { StackParameters } from '../options.ts'
import { strategyOf } from '../strategies.ts'
import type { StackEnds, StateAudits, ThreadCrew } from '../strategy.ts'
import { tuneCompiler } from './compiler.ts'
import { reachDevice } from './impair-device.ts'
import { openWaker, type Waker } from './open-device.ts'
import type { RunningStack, StackReport } from './running-stack.ts'
import type { ThreadTask } from './thread-task.ts'

/** How often digests are compared while a stack runs. */
const auditMillis = 50

const nothingCompared: AuditReport = {
  digestsCompared: 0,
  divergences: 0,
  missed: 0,
  firstDivergence: undefined,
}

/** Resolves when every thread has loaded its code and runs, or has ended. Throws the reason of one that failed. */
export async function startStack(wanted: StackParameters): Promise<RunningStack> {
  const { device, path } = reachDevice(wanted.device)
  try {
    return await startThreads({ ...wanted, device }, path)
  } catch (error) {
    await path?.close()
    throw error
  }
}

/** `path` is what the parameters' device leads through, if it is impaired. */
async function startThreads(parameters: StackParameters, path: OpenPath | undefined): Promise<RunningStack> {
  const strategy = strategyOf(parameters)
  const layout = strategy.plan(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  strategy.initialise(region, layout, monotonicClock.nowMicros())
  tuneCompiler()
  // First, because it may throw: no other thread is left behind then.
  const aside = strategy.startAside?.(region, layout, parameters) ?? []
  const waker = openWaker(parameters.device.name)
  const captureOrigin = pcapOrigin(monotonicClock)
  const seeds = crypto.getRandomValues(new Uint32Array(layout.threads))
  const startThread = (thread: number, generation: number): Worker => {
    const task: ThreadTask = {
      buffer: region.buffer,
      layout,
      parameters,
      thread,
      wakeDescriptor: waker.descriptor,
      seed: seeds[thread] as number,
      captureOrigin,
      generation,
    }
    return new Worker(new URL('./stack-thread.ts', import.meta.url), { workerData: task })
  }
  const ends = strategy.openEnds(region, layout, () => waker.wake())
  const crew = strategy.openCrew?.({
    region,
    layout,
    parameters,
    outbox: ends.application.outbox,
    startThread,
    wakeDevice: () => waker.wake(),
  })
  const workers =
    crew === undefined ? Array.from({ length: layout.threads }, (_, thread) => startThread(thread, 0)) : []
  workers.push(...aside)
  const threads = new Threads(region, layout, parameters, ends, workers, crew, waker, path)
  await threads.started()
  return threads
}

class Threads implements RunningStack {
  readonly application: RunningStack['application']
  readonly upcallSignal: Signal
  readonly #region: Region
  readonly #layout: StackLayout
  readonly #parameters: StackParameters
  /** All threads but those of the crew. */
  readonly #workers: readonly Worker[]
  readonly crew: ThreadCrew | undefined
  readonly #waker: Waker
  readonly #path: OpenPath | undefined
  readonly #ends: StackEnds
  readonly #audits: NodeJS.Timeout
  readonly #ended: Promise<void>
  #failure: Error | undefined
  /** Resolves when a stack whose states differ was stopped and described. */
  #explained: Promise<void> | undefined
  /** The description. */
  #explanation: Error | undefined
  #isStopped = false

  constructor(
    region: Region,
    layout: StackLayout,
    parameters: StackParameters,
    ends: StackEnds,
    workers: readonly Worker[],
    crew: ThreadCrew | undefined,
    waker: Waker,
    path: OpenPath | undefined,
  ) {
    this.crew = crew
    this.#region = region
    this.#layout = layout
    this.#parameters = parameters
    this.#workers = workers
    this.#waker = waker
    this.#path = path
    this.#ends = ends
    this.application = ends.application
    this.upcallSignal = ends.upcallSignal
    // This timer also keeps the process alive while the application sleeps on a signal.
    this.#audits = setInterval(() => {
      ends.audits?.audit()
      void this.#stopIfDiverged()
    }, auditMillis)
    for (const worker of workers)
      worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))))
    crew?.onFailure((error) => this.#fail(error))
    path?.onFailure((error) => this.#fail(error))
    this.#ended = Promise.all([
      crew?.ended,
      ...workers.map((worker) => new Promise<void>((resolve) => worker.once('exit', () => resolve()))),
    ]).then(() => {})
  }

  async started(): Promise<void> {
    await Promise.all([this.#path?.running, ...this.#allWorkers.map(untilRunning)])
    if (this.#failure !== undefined) throw this.#failure
  }

  async checkpoint(): Promise<void> {
    await this.#ends.audits?.checkpoint(() => this.#isStopped || this.#failure !== undefined)
    if (this.#failure !== undefined) throw this.#failure
  }

  async settle(): Promise<void> {
    this.#ends.close()
    await this.#ended
    if (this.#failure !== undefined) throw this.#failure
    this.#ends.audits?.finish()
    await this.#stopIfDiverged()
    if (this.#failure !== undefined) throw this.#failure
  }

  report(): StackReport {
    const { words } = this.#region
    const { replicas, threads, countersWord } = this.#layout
    const audit = this.#ends.audits?.report() ?? nothingCompared
    const count = (counter: number) => sumThreadCounter(words, countersWord, threads, counter)
    return {
      digestsCompared: audit.digestsCompared,
      divergences: audit.divergences,
      digestsMissed: audit.missed,
      protocol: this.#ends.protocolCounters(),
      perReplica: Array.from({ length: replicas }, (_, thread) => this.#ends.threadCounters(thread)),
      framesIn: count(ThreadCounter.framesIn),
      framesOut: count(ThreadCounter.framesOut),
      framesRefused: count(ThreadCounter.framesRefused),
      ...(this.#parameters.placement === undefined ? {} : { processors: this.#processors() }),
      note: this.#note(audit.firstDivergence),
      ...(this.crew === undefined ? {} : { crewEvents: this.crew.events }),
      ...(this.#path === undefined ? {} : { path: this.#path.counters() }),
    }
  }

  #processors(): string[] {
    const { threads, countersWord } = this.#layout
    return Array.from({ length: threads }, (_, thread) => {
      const id = readThreadId(this.#region.words, countersWord, thread)
      return listedProcessors(id) ?? ''
    })
  }

  liveCounters(): LiveCounters {
    return readLiveCounters(this.#region, this.#layout, this.#ends.ringOccupancy?.())
  }

  get #allWorkers(): readonly Worker[] {
    return [...this.#workers, ...(this.crew?.workers ?? [])]
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return this.#ended
    this.#isStopped = true
    clearInterval(this.#audits)
    this.#ends.close()
    await this.#ended
    await this.#explained
    await this.#path?.close()
    this.#waker.close()
  }

  #note(divergence: AuditReport['firstDivergence']): string {
    if (this.#explanation !== undefined && this.#explanation === this.#failure) return this.#failure.message
    if (divergence === undefined) {
      const lost = this.crew?.events.filter(({ kind }) => kind === 'lost') ?? []
      return lost.map(({ replica, reason }) => `replica ${replica} was lost: ${reason}`).join('; ')
    }
    const { replica, reference, index } = divergence
    return `replica ${replica} differs from ${reference} after request ${index}`
  }

  /**
   * Once their states differ, nothing that threads do can be trusted: the stack fails and describes the
   * difference.
   */
  #stopIfDiverged(): Promise<void> | undefined {
    const { audits } = this.#ends
    const divergence = audits?.report().firstDivergence
    if (audits === undefined || divergence === undefined) return undefined
    this.#explained ??= this.#explain(audits, divergence)
    return this.#explained
  }

  async #explain(audits: StateAudits, divergence: Divergence): Promise<void> {
    const explanation = audits.explain({
      region: this.#region,
      layout: this.#layout,
      parameters: this.#parameters,
      divergence,
      close: () => this.#ends.close(),
      ended: this.#ended,
      terminate: () => {
        this.crew?.giveUp()
        return Promise.all(this.#allWorkers.map((worker) => worker.terminate()))
      },
    })
    this.#explanation = await explanation.catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    )
    this.#fail(this.#explanation)
  }

  /** One thread that ended by an error ends the stack: the others would wait for it for ever. */
  #fail(error: Error): void {
    this.#failure ??= error
    this.crew?.giveUp()
    for (const worker of this.#allWorkers) void worker.terminate()
  }
}
