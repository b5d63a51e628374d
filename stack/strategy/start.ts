/**
 * Starts the threads of a stack and hands the calling thread, which becomes the application's, its ends.
 */
import { Worker } from 'node:worker_threads'
import { monotonicClock } from '../device/clock.ts'
import { pcapOrigin } from '../device/pcap-recorder.ts'
import { Auditor } from '../dominoes/auditor.ts'
import { Channel } from '../dominoes/channel.ts'
import { readCounters } from '../dominoes/counters.ts'
import { initialiseFramework } from '../dominoes/framework-layout.ts'
import { Mailbox } from '../dominoes/mailbox.ts'
import type { MailboxLayout } from '../dominoes/mailbox-layout.ts'
import { OutboxReader } from '../dominoes/outbox.ts'
import { openRegion, type Region } from '../dominoes/region.ts'
import { Signal } from '../dominoes/signal.ts'
import { globalRecord } from '../protocol/state/globals.ts'
import { reachMark } from './checkpoint.ts'
import { openWaker, type Waker } from './open-device.ts'
import type { StackParameters } from './options.ts'
import type { RunningStack, StackReport } from './running-stack.ts'
import { planStack, type StackLayout } from './stack-layout.ts'
import { sumThreadCounter, ThreadCounter } from './thread-counters.ts'
import type { ThreadTask } from './thread-task.ts'

/** How often digests are compared while a stack runs. */
const auditMillis = 50

export async function startStack(parameters: StackParameters): Promise<RunningStack> {
  const layout = planStack(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  initialiseFramework(region, layout.framework, { time: monotonicClock.nowMicros() })
  const waker = openWaker(parameters.device.name)
  const captureOrigin = pcapOrigin(monotonicClock)
  const seeds = crypto.getRandomValues(new Uint32Array(layout.replicas))
  const workers = Array.from({ length: layout.replicas }, (_, thread) => {
    const task: ThreadTask = {
      buffer: region.buffer,
      layout,
      parameters,
      thread,
      wakeDescriptor: waker.descriptor,
      seed: seeds[thread] as number,
      captureOrigin,
    }
    return new Worker(new URL('./stack-thread.ts', import.meta.url), { workerData: task })
  })
  const threads = new Threads(region, layout, workers, waker)
  await threads.started()
  return threads
}

class Threads implements RunningStack {
  readonly application: RunningStack['application']
  readonly upcallSignal: Signal
  readonly #region: Region
  readonly #layout: StackLayout
  readonly #workers: readonly Worker[]
  readonly #waker: Waker
  readonly #channel: Channel
  readonly #auditor: Auditor
  readonly #audits: NodeJS.Timeout
  readonly #ended: Promise<void>
  #failure: Error | undefined
  #isStopped = false

  constructor(region: Region, layout: StackLayout, workers: readonly Worker[], waker: Waker) {
    const { framework } = layout
    this.#region = region
    this.#layout = layout
    this.#workers = workers
    this.#waker = waker
    this.#channel = new Channel(region, framework.channel, layout.replicas)
    this.#auditor = new Auditor(region, framework.digests, framework.channel)
    // Also what keeps the process alive while the application sleeps on a signal.
    this.#audits = setInterval(() => this.#auditor.audit(), auditMillis)
    const outbox = new OutboxReader(region, framework.outbox, this.#channel.progress)
    const doorbell = new Signal(region, framework.doorbellWord)
    this.upcallSignal = outbox.filled
    this.application = {
      region,
      buffers: layout.streams,
      mailbox: new Mailbox(region, framework.mailboxes[0] as MailboxLayout),
      outbox,
      wake: () => {
        if (doorbell.notify()) waker.wake()
      },
      // A sequential stack performs a request's actions before the application can see its upcalls.
      hasPassed: layout.replicas === 1 ? () => true : (index) => this.#channel.hasPassed(index),
    }
    for (const worker of workers)
      worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))))
    this.#ended = Promise.all(
      workers.map((worker) => new Promise<void>((resolve) => worker.once('exit', () => resolve()))),
    ).then(() => {})
  }

  async started(): Promise<void> {
    const online = this.#workers.map((worker) => new Promise((resolve) => worker.once('online', resolve)))
    await Promise.race([Promise.all(online), this.#ended])
    if (this.#failure !== undefined) throw this.#failure
  }

  async checkpoint(): Promise<void> {
    const { framework, strategy } = this.#layout
    await reachMark({
      channel: this.#channel,
      mailbox: this.application.mailbox,
      stride: strategy === 'sequential' ? 0 : framework.digests.stride,
      wake: () => this.application.wake(),
      isOver: () => this.#isStopped || this.#failure !== undefined,
    })
    if (this.#failure !== undefined) throw this.#failure
    this.#auditor.audit()
  }

  async settle(): Promise<void> {
    this.#channel.close()
    this.#waker.wake()
    await this.#ended
    if (this.#failure !== undefined) throw this.#failure
    this.#auditor.finish()
  }

  report(): StackReport {
    const { words } = this.#region
    const { replicas, framework, countersWord, stateWord } = this.#layout
    const audit = this.#auditor.report()
    const state = globalRecord.cursor(words.subarray(stateWord, stateWord + globalRecord.words), 0)
    const count = (counter: number) => sumThreadCounter(words, countersWord, replicas, counter)
    const divergence = audit.firstDivergence
    return {
      digestsCompared: audit.digestsCompared,
      divergences: audit.divergences,
      digestsMissed: audit.missed,
      protocol: Object.fromEntries(
        Object.keys(globalRecord.fields).map((name) => [
          name,
          state[name as keyof typeof globalRecord.fields],
        ]),
      ),
      perReplica: Array.from({ length: replicas }, (_, replica) =>
        readCounters(this.#region, framework.counters, replica),
      ),
      framesIn: count(ThreadCounter.framesIn),
      framesOut: count(ThreadCounter.framesOut),
      framesRefused: count(ThreadCounter.framesRefused),
      note:
        divergence === undefined
          ? ''
          : `replica ${divergence.replica} differs from ${divergence.reference} after request ${divergence.index}`,
    }
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return this.#ended
    this.#isStopped = true
    clearInterval(this.#audits)
    this.#channel.close()
    this.#waker.wake()
    await this.#ended
    this.#waker.close()
  }

  /** One thread that ended by an error ends the stack: the others would wait for it for ever. */
  #fail(error: Error): void {
    this.#failure ??= error
    for (const worker of this.#workers) void worker.terminate()
  }
}
