/**
 * Runs samples on real containers: deploys the topologies that cells ask for, moves one transfer a sample, and
 * gathers what both ends and the kernel saw.
 */
import { randomBytes } from 'node:crypto'
import type { Cell } from '../matrix/experiment.ts'
import type {
  CreateExecutor,
  PrepareContext,
  SampleContext,
  SampleExecutor,
  SampleOutcome,
  TopologyFacts,
} from '../runner/executor.ts'
import { describePeer } from '../topology/describe-peer.ts'
import { Bench, type BenchChanges } from './bench.ts'
import { takeLinuxSample } from './linux-sample.ts'
import { takeModelSample } from './model-sample.ts'
import { takeStackSample } from './stack-sample.ts'
import { tapQueuesOf } from './stack-spec.ts'

export const createExecutor: CreateExecutor = async ({ record = false } = {}) => new ContainerExecutor(record)

class ContainerExecutor implements SampleExecutor {
  readonly #runId = randomBytes(4).toString('hex')
  /** By topology, offload, and queues of the TAP. */
  readonly #benches = new Map<string, Bench>()
  readonly #records: boolean

  constructor(records: boolean) {
    this.#records = records
  }

  async prepare(topology: string, context: PrepareContext): Promise<TopologyFacts> {
    for (const [key, bench] of this.#benches) {
      if (!key.startsWith(`${topology} `)) continue
      this.#benches.delete(key)
      await bench.destroy()
    }
    const bench = await this.#bench(topology, {}, context)
    const { kernel, settings, features } = await describePeer(bench.peer)
    return { kernel, ...settings, ...features }
  }

  async execute(cell: Cell, round: number, context: SampleContext): Promise<SampleOutcome> {
    const { strategy, topology, offload } = cell.factors
    const tapQueues = tapQueuesOf(cell.factors)
    context.log(`cell ${cell.id}, round ${round}`)
    const bench = await this.#bench(topology, { offloads: offload, tapQueues }, context)
    if (context.experiment.traffic === 'synthetic') return takeModelSample(bench, cell.factors, context)
    if (strategy === 'linux') return takeLinuxSample(bench, context)
    return takeStackSample(bench, cell, round, context, this.#records)
  }

  async dispose(): Promise<void> {
    const benches = [...this.#benches.values()]
    this.#benches.clear()
    await Promise.all(benches.map((bench) => bench.destroy()))
  }

  async #bench(topology: string, changes: BenchChanges, context: PrepareContext): Promise<Bench> {
    const key = `${topology} ${changes.offloads ?? ''} ${changes.tapQueues ?? 1}`
    const known = this.#benches.get(key)
    if (known !== undefined) return known
    context.signal.throwIfAborted()
    const bench = await Bench.deploy(topology, changes, this.#runId, (line) => context.log(line))
    this.#benches.set(key, bench)
    return bench
  }
}
