/**
 * A predictor for tests, without containers and simulation: its answers are the numbers of the fake sampler, 4 % too
 * high. Tests change how it behaves through its options. Never imported by anything but tests.
 */
import { writeFile } from 'node:fs/promises'
import type { Calibration } from '../calibrate/calibrate.ts'
import type { CostsFile } from '../calibrate/costs-file.ts'
import type { Answer } from '../calibrate/predict.ts'
import type { PredictionQuestion } from '../calibrate/questions.ts'
import { identifyFactors } from '../matrix/factors.ts'
import type { CalibrationRequest, Predictor } from '../runner/predictor.ts'
import { fakeMeasurement } from './fake-sampler.ts'

export interface FakePredictorBehaviour {
  calibrate?(request: CalibrationRequest): Promise<void>
  /** Called in each round; may throw. */
  repeat?(): Promise<void>
  /** Called when a calibration is closed; may throw. */
  close?(): Promise<void>
  /** Called before an answer is made; may throw. */
  predict?(question: PredictionQuestion, signal: AbortSignal): Promise<void>
}

export class FakePredictor implements Predictor {
  /** What was called, in order. */
  readonly calls: string[] = []
  readonly #behaviour: FakePredictorBehaviour

  constructor(behaviour: FakePredictorBehaviour = {}) {
    this.#behaviour = behaviour
  }

  async calibrate(request: CalibrationRequest): Promise<Calibration> {
    this.calls.push(`calibrate ${request.repetitions}`)
    request.progress('warming up')
    await this.#behaviour.calibrate?.(request)
    return {
      repeat: async () => {
        this.calls.push('repeat')
        await this.#behaviour.repeat?.()
      },
      write: async () => {
        this.calls.push('write')
        await writeFile(request.path, '{}\n')
        return {} as CostsFile
      },
      close: async () => {
        this.calls.push('close')
        await this.#behaviour.close?.()
      },
    }
  }

  async *predict(
    _costsPath: string,
    questions: readonly PredictionQuestion[],
    signal: AbortSignal,
  ): AsyncGenerator<Answer> {
    this.calls.push(`predict ${questions.length}`)
    for (const question of questions) {
      await this.#behaviour.predict?.(question, signal)
      yield fakeAnswer(question)
    }
  }
}

/** The fake sampler's goodput without its ripple, and 4 % more; its interval spans 10 % to both sides. */
export function fakeAnswer(question: PredictionQuestion): Answer {
  const goodput = 1.04 * fakeGoodput(question)
  const { replicas: _none, ...alone } = question
  const speedup = goodput / (1.04 * fakeGoodput({ ...alone, strategy: 'sequential' }))
  return { goodputMbps: around(goodput), speedup: around(speedup), busyShare: 0.9, retransmits: 0 }
}

function fakeGoodput({ strategy, replicas, payloadWork }: PredictionQuestion): number {
  const factors = {
    strategy,
    payloadWork,
    topology: 'tap',
    ...(replicas === undefined ? {} : { replicas }),
  }
  const rounds = Array.from({ length: 60 }, (_, round) => {
    const { measures } = fakeMeasurement({ id: identifyFactors(factors), factors }, round)
    return measures.goodputMbps ?? 0
  })
  return rounds.reduce((sum, each) => sum + each, 0) / rounds.length
}

function around(median: number) {
  return { median, low: 0.9 * median, high: 1.1 * median }
}
