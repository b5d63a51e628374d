/**
 * A service that runs: starts the replicas' threads, compares their digests meanwhile, and stops them. Used by one
 * thread, which is neither a replica's nor a client's.
 */
import { Worker } from 'node:worker_threads'
import {
  Auditor,
  type AuditReport,
  Channel,
  type CounterValues,
  type IdleOptions,
  type Region,
  readCounters,
  Signal,
} from '../../index.ts'
import { nowMicros } from './clock.ts'
import type { ReplicaTask } from './open-service.ts'
import { initialiseService, planService, type Service, type ServiceOptions } from './service-layout.ts'

const auditMillis = 20

export class RunningService {
  /** What clients open their ends over. */
  readonly service: Service
  readonly #region: Region
  readonly #auditor: Auditor
  readonly #audits: NodeJS.Timeout
  readonly #ended: Promise<unknown>

  /** Starts the threads at once. `idle` should park where threads outnumber cores. */
  constructor(options: ServiceOptions, idle: IdleOptions = { kind: 'backoff', spins: 50, yields: 0 }) {
    const { region, layout } = planService(options)
    initialiseService(region, layout, nowMicros())
    this.service = { buffer: region.buffer, layout }
    this.#region = region
    this.#auditor = new Auditor(region, layout.framework.digests, layout.framework.channel)
    this.#audits = setInterval(() => this.#auditor.audit(), auditMillis)
    const threads = Array.from({ length: options.replicas }, (_, id) => {
      const task: ReplicaTask = { service: this.service, id, idle }
      return new Worker(new URL('./replica-thread.ts', import.meta.url), { workerData: task })
    })
    // A thread that failed would be waited for by the others for ever.
    for (const thread of threads) thread.once('error', () => threads.forEach((each) => void each.terminate()))
    this.#ended = Promise.all(threads.map(untilExit))
    this.#ended.catch(() => {})
  }

  counters(): CounterValues[] {
    const { framework, replicas } = this.service.layout
    return Array.from({ length: replicas }, (_, id) => readCounters(this.#region, framework.counters, id))
  }

  /** Once all clients are closed: ends the replicas, and compares their final states. Throws if a thread failed. */
  async stop(): Promise<AuditReport> {
    this.#close()
    await this.#ended.finally(() => clearInterval(this.#audits))
    return this.#auditor.finish()
  }

  #close(): void {
    const { framework, replicas, clients } = this.service.layout
    new Channel(this.#region, framework.channel, replicas + clients).close()
    new Signal(this.#region, framework.doorbellWord).notify()
  }
}

/** Rejects if the thread failed. */
function untilExit(thread: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject)
    thread.once('exit', () => resolve())
  })
}
