/** Measures what operations cost on this machine and writes it to a file. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { dirname } from 'node:path'
import type { Progress } from '../docker/progress.ts'
import { codeOf, HarnessError, messageOf } from '../error.ts'
import { describeMachine } from '../runner/machine.ts'
import { type CostsFile, costsFileSchema, costsVersion } from './costs-file.ts'
import { deriveCosts } from './derive.ts'
import { Measurement } from './measure.ts'

export interface CalibrateOptions {
  /** Where to write. */
  readonly path: string
  readonly repetitions: number
  /** Share of the warm-up that is done. Default: 1. */
  readonly warmupShare?: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** A calibration in progress: other measurements may run between its repetitions. Call `close` after errors, too. */
export interface Calibration {
  /** Measures everything once more. */
  repeat(): Promise<void>
  /** Writes the costs that follow from all repetitions. */
  write(): Promise<CostsFile>
  close(): Promise<void>
}

/** `repetitions` is the largest number of repetitions that may follow. */
export async function openCalibration(options: CalibrateOptions): Promise<Calibration> {
  const { path, repetitions, warmupShare = 1 } = options
  const startedAt = performance.now()
  const [loadAverage = 0] = loadavg()
  const measurement = await Measurement.open({ ...options, warmupShare, mostRepetitions: repetitions })
  return {
    repeat: () => measurement.repeat(),
    close: () => measurement.close(),
    write: async () => {
      const file = costsFileSchema.parse({
        costsVersion,
        measuredAt: new Date().toISOString(),
        seconds: (performance.now() - startedAt) / 1000,
        machine: await describeMachine(),
        loadAverage,
        repetitions: measurement.repetitions.length,
        ...deriveCosts(measurement.repetitions),
      })
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, `${JSON.stringify(file, null, 2)}\n`)
      return file
    },
  }
}

export async function calibrate(options: CalibrateOptions): Promise<CostsFile> {
  const { repetitions, progress } = options
  const calibration = await openCalibration(options)
  try {
    for (let k = 1; k <= repetitions; k++) {
      progress(`repetition ${k} of ${repetitions}`)
      await calibration.repeat()
    }
    return await calibration.write()
  } finally {
    await calibration.close()
  }
}

/** Throws HarnessError if there is no such file or it is not one of this version. */
export async function readCosts(path: string): Promise<CostsFile> {
  const remedy = 'Measure the costs of this machine: make calibrate'
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    throw new HarnessError(`There is no ${path}.`, remedy)
  }
  try {
    return costsFileSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new HarnessError(`${path} cannot be read: ${messageOf(error)}`, remedy, error)
  }
}
