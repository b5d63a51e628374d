/**
 * A sampler for tests: no containers, numbers that follow from the cell and the round alone. Tests change how it
 * behaves through its options. Never imported by anything but tests.
 */
import type { Cell } from '../matrix/experiment.ts'
import type { Measurement } from '../result/sample.ts'
import type { PrepareContext, SampleContext, SampleOutcome, Sampler } from '../runner/sampler.ts'
import { bulkMeasures } from '../workload/bulk/measures.ts'

export interface FakeBehaviour {
  prepare?(topology: string, context: PrepareContext): Promise<void>
  /** Called before the numbers are made; may throw, or answer another outcome. */
  take?(cell: Cell, round: number, context: SampleContext): Promise<SampleOutcome | undefined>
  dispose?(): Promise<void>
}

export class FakeSampler implements Sampler {
  /** What was called, in order. */
  readonly calls: string[] = []
  readonly #behaviour: FakeBehaviour

  constructor(behaviour: FakeBehaviour = {}) {
    this.#behaviour = behaviour
  }

  async prepare(topology: string, context: PrepareContext): Promise<Record<string, string>> {
    this.calls.push(`prepare ${topology}`)
    context.recordCommand(['ip', 'netns', 'add', `test ${topology}`])
    await this.#behaviour.prepare?.(topology, context)
    return { 'net.ipv4.tcp_congestion_control': 'cubic' }
  }

  async take(cell: Cell, round: number, context: SampleContext): Promise<SampleOutcome> {
    this.calls.push(`take ${cell.id} ${round}`)
    context.log('transfer')
    const other = await this.#behaviour.take?.(cell, round, context)
    return other ?? { status: 'measured', measurement: fakeMeasurement(cell, round) }
  }

  async dispose(): Promise<void> {
    this.calls.push('dispose')
    await this.#behaviour.dispose?.()
  }
}

const megabitsByWork = { checksum: 2400, copy: 2800, cipher: 400, none: 2800 }
const shareByWork = { checksum: 0.6, copy: 0.7, cipher: 0.1, none: 0.7 }

/** Bytes that every fake sample transfers. */
const transferBytes = 1_000_000

/** Goodput by the model, with a deterministic ripple of ± 4 % over the rounds. */
export function fakeMeasurement(cell: Cell, round: number): Measurement {
  const { strategy, payloadWork, replicas = 1, offload } = cell.factors
  const ripple = 1 + 0.04 * Math.sin(1.7 * round + cell.id.length)
  const base = payloadWork === undefined ? (offload === 'on' ? 21_000 : 4800) : megabitsByWork[payloadWork]
  const share = payloadWork === undefined ? 0 : shareByWork[payloadWork]
  const speedup = strategy === 'replicated' ? (0.97 * replicas) / (1 + (replicas - 1) * share) : 1
  const goodputMbps = base * speedup * ripple
  const linux = strategy === 'linux'
  const cpuMicros = {
    stack: ((8 * transferBytes) / base) * (1 + (replicas - 1) * share),
    peer: transferBytes / 1000,
  }
  return {
    measures: {
      // What is not told below is not observed.
      ...Object.fromEntries(Object.keys(bulkMeasures).map((name) => [name, null])),
      goodputMbps,
      stackSecondsPerGigabyte: (1000 * cpuMicros.stack) / transferBytes,
      threadSecondsPerGigabyte: (800 * cpuMicros.stack) / transferBytes,
      pollingSecondsPerGigabyte: (100 * cpuMicros.stack) / transferBytes,
      applicationSecondsPerGigabyte: (200 * cpuMicros.stack) / transferBytes,
      peerSecondsPerGigabyte: (1000 * cpuMicros.peer) / transferBytes,
      retransmits: replicas > 1 ? 3 + round : 0,
      spuriousRetransmits: linux ? null : replicas > 1 ? round : 0,
      outOfOrder: linux ? null : (replicas - 1) * 1200 + round,
      duplicateAcks: linux ? null : (replicas - 1) * 40 + round,
    },
    deliveries: [{ unit: 'bytes', sent: transferBytes, received: transferBytes, verified: transferBytes }],
    measuredMicros: (8 * transferBytes) / goodputMbps,
    cpuMicros,
    memoryBytes: { stack: 120 * 2 ** 20, peer: 8 * 2 ** 20 },
    divergences: 0,
    digestsCompared: strategy === 'replicated' && replicas > 1 ? 500 : 0,
    digestsMissed: 0,
    requests: linux ? null : Math.round(transferBytes / 1448),
    framesIn: linux ? null : Math.round(transferBytes / 2896),
    framesOut: linux ? null : Math.round(transferBytes / 1448),
    perReplica: Array.from({ length: linux ? 0 : replicas }, () => ({
      applied: 1000,
      checked: 500,
      performed: 500,
    })),
    note: '',
  }
}
