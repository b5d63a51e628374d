/**
 * Takes samples on real containers: deploys the topologies that cells ask for, has the cell's workload done there, and
 * gathers what both ends and the kernel saw.
 */
import { randomBytes } from 'node:crypto'
import { addCleanUp } from '../docker/clean-up.ts'
import { whileAnswering } from '../docker/engine/answer.ts'
import { ensureEngine } from '../docker/engine/engine.ts'
import { makeScratch, removeScratch } from '../docker/scratch.ts'
import { HarnessError } from '../error.ts'
import type { Cell } from '../matrix/experiment.ts'
import type {
  NextSample,
  PrepareContext,
  SampleContext,
  SampleOutcome,
  Sampler,
  SamplerOptions,
  TopologyFacts,
} from '../runner/sampler.ts'
import { describePeer } from '../topology/describe-peer.ts'
import { drawTopology } from '../topology/draw.ts'
import { standardTcp } from '../topology/tcp-settings.ts'
import { type WorkloadSettings, workloadOf } from '../workload/workloads.ts'
import { takeAloneSample } from './alone-sample.ts'
import { type CellPlan, planCell } from './cell-plan.ts'
import { takeOtherSample } from './other-sample.ts'
import { type PlannedSample, takeStackSample } from './stack-sample.ts'
import { Testbed, type TestbedPlan } from './testbed.ts'

export class ContainerSampler implements Sampler {
  readonly #runId = randomBytes(4).toString('hex')
  /** By `keyOf`. */
  readonly #testbeds = new Map<string, Testbed>()
  readonly #records: boolean
  /** A directory for the compiled code of the stacks of all testbeds. */
  #compiled: string | undefined
  #withdraw = () => {}

  constructor({ record = false }: SamplerOptions = {}) {
    this.#records = record
  }

  prepare(topology: string, context: PrepareContext): Promise<TopologyFacts> {
    return whileAnswering(ensureEngine, () => this.#prepare(topology, context))
  }

  take(cell: Cell, round: number, context: SampleContext): Promise<SampleOutcome> {
    return whileAnswering(ensureEngine, () => this.#take(cell, round, context))
  }

  async #prepare(topology: string, context: PrepareContext): Promise<TopologyFacts> {
    for (const [key, testbed] of this.#testbeds) {
      if (!key.startsWith(`${topology} `)) continue
      this.#testbeds.delete(key)
      await testbed.destroy()
    }
    const testbed = await this.#testbed({ topology }, context)
    const { kernel, settings, features } = await describePeer(testbed.peer)
    const drawing = drawTopology(testbed.deployment.topology)
    return { drawing, kernel, ...testbed.linuxTcp, ...settings, ...features }
  }

  async #take(cell: Cell, round: number, context: SampleContext): Promise<SampleOutcome> {
    context.log(`cell ${cell.id}, round ${round}`)
    const { workload } = context.experiment
    const plan = planCell(cell.factors, workload)
    const testbed = await this.#testbed(plan.testbed, context)
    const outcome = await this.#takeOn(testbed, plan, cell, round, context)
    if (outcome.status === 'failed' || plan.testbed.tcp === undefined) return outcome
    return { ...outcome, measurement: { ...outcome.measurement, linuxTcp: testbed.linuxTcp } }
  }

  async #takeOn(
    testbed: Testbed,
    plan: CellPlan,
    cell: Cell,
    round: number,
    context: SampleContext,
  ): Promise<SampleOutcome> {
    const { workload } = context.experiment
    const side = await workloadOf(workload.kind).hostSide()
    if (side.kind === 'alone') return takeAloneSample(testbed, side, plan.work, round, context)
    if (plan.kind === 'other') return takeOtherSample(testbed, side, plan, context)
    if (plan.kind === 'stack') {
      const { next, seed } = context
      const sample = { ...plan, cell: cell.id, round, seed }
      return takeStackSample(
        testbed,
        side,
        sample,
        samplesOn(plan, round, workload, next),
        context,
        this.#records,
      )
    }
    throw new HarnessError(
      `Workload "${workload.kind}" says of itself both that it uses a network and not.`,
      'Report this defect.',
    )
  }

  async dispose(): Promise<void> {
    const testbeds = [...this.#testbeds.values()]
    this.#testbeds.clear()
    await Promise.all(testbeds.map((testbed) => testbed.destroy()))
    await this.#forgetCompiled()
  }

  async #placeOfCompiled(): Promise<string> {
    if (this.#compiled !== undefined) return this.#compiled
    const directory = await makeScratch()
    this.#compiled = directory
    this.#withdraw = addCleanUp(() => removeScratch(directory))
    return directory
  }

  async #forgetCompiled(): Promise<void> {
    if (this.#compiled !== undefined) await removeScratch(this.#compiled)
    this.#withdraw()
  }

  async #testbed(plan: TestbedPlan, context: PrepareContext): Promise<Testbed> {
    const key = keyOf(plan)
    const known = this.#testbeds.get(key)
    if (known !== undefined) return known
    context.signal.throwIfAborted()
    const compiled = await this.#placeOfCompiled()
    const onProgress = (line: string) => context.log(line)
    const testbed = await Testbed.deploy(plan, this.#runId, onProgress, compiled)
    this.#testbeds.set(key, testbed)
    return testbed
  }
}

/** Testbeds with equal keys are one. It begins with the topology. */
function keyOf({
  topology,
  offloads,
  tapQueues = 1,
  mtuBytes,
  tcp = standardTcp,
  otherStack,
}: TestbedPlan): string {
  const { congestionControl, recovery } = tcp
  return [topology, offloads, tapQueues, mtuBytes, congestionControl, recovery, otherStack].join(' ')
}

/** Those of the next samples whose stacks run in the same container. */
function samplesOn(
  { testbed }: CellPlan,
  round: number,
  workload: WorkloadSettings,
  next: readonly NextSample[],
): PlannedSample[] {
  return next.flatMap(({ cell, seed }) => {
    const plan = planCell(cell.factors, workload)
    const isBeside = plan.kind === 'stack' && keyOf(plan.testbed) === keyOf(testbed)
    return isBeside ? [{ ...plan, cell: cell.id, round, seed }] : []
  })
}
