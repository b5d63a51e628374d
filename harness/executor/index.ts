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
import { Bench, type BenchPlan } from './bench.ts'
import { planCell } from './cell-plan.ts'
import { takeLinuxSample } from './linux-sample.ts'
import { takeModelSample } from './model-sample.ts'
import { takeStackSample } from './stack-sample.ts'

export const createExecutor: CreateExecutor = async ({ record = false } = {}) => new ContainerExecutor(record)

class ContainerExecutor implements SampleExecutor {
  readonly #runId = randomBytes(4).toString('hex')
  /** By what was planned: the topology first. */
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
    const bench = await this.#bench({ topology }, context)
    const { kernel, settings, features } = await describePeer(bench.peer)
    return { kernel, ...settings, ...features }
  }

  async execute(cell: Cell, round: number, context: SampleContext): Promise<SampleOutcome> {
    context.log(`cell ${cell.id}, round ${round}`)
    const plan = planCell(cell.factors, context.experiment.traffic)
    const bench = await this.#bench(plan.bench, context)
    switch (plan.kind) {
      case 'model':
        return takeModelSample(bench, plan, context)
      case 'linux':
        return takeLinuxSample(bench, plan, context)
      case 'stack':
        return takeStackSample(bench, { ...plan, cell: cell.id, round }, context, this.#records)
    }
  }

  async dispose(): Promise<void> {
    const benches = [...this.#benches.values()]
    this.#benches.clear()
    await Promise.all(benches.map((bench) => bench.destroy()))
  }

  async #bench(plan: BenchPlan, context: PrepareContext): Promise<Bench> {
    const { topology, offloads = '', tapQueues = 1, mtuBytes = '' } = plan
    const key = `${topology} ${offloads} ${tapQueues} ${mtuBytes}`
    const known = this.#benches.get(key)
    if (known !== undefined) return known
    context.signal.throwIfAborted()
    const bench = await Bench.deploy(plan, this.#runId, (line) => context.log(line))
    this.#benches.set(key, bench)
    return bench
  }
}
