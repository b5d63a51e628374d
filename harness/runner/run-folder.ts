/**
 * The folder of a run, as the runner writes it; `harness/result/store.ts` reads it.
 *
 *   reports/runs/<time>-<profile>/
 *     manifest.json   replaced as a whole, never half written
 *     samples.ndjson  grows by one line, on disk before the next sample starts
 *     costs.json, predictions.ndjson  where an experiment asks the virtual cores
 *     logs/run.log, logs/<experiment>/<cell>/<round>.log
 *   reports/latest  → the newest run that has a sample
 *
 * Invariant: `samples.ndjson` and `predictions.ndjson` hold whole lines only, whatever happens to the disk.
 */
import { appendFileSync } from 'node:fs'
import { type FileHandle, mkdir, open, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { codeOf, HarnessError, messageOf } from '../error.ts'
import type { ScheduledSample } from '../matrix/schedule.ts'
import type { Manifest, Profile } from '../result/manifest.ts'
import type { PredictionLine } from '../result/prediction.ts'
import type { Sample } from '../result/sample.ts'
import {
  costsName,
  latestLink,
  manifestName,
  predictionsName,
  runsFolder,
  samplesName,
} from '../result/store.ts'

export class RunFolder {
  readonly path: string
  readonly #reports: string
  readonly #samples: LineFile
  #predictions: LineFile | undefined
  #isLatest = false

  private constructor(path: string, reports: string, samples: LineFile) {
    this.path = path
    this.#reports = reports
    this.#samples = samples
  }

  static async create(reports: string, profile: Profile, now: Date): Promise<RunFolder> {
    const path = await makeUnusedFolder(join(reports, runsFolder), `${timeForName(now)}-${profile}`)
    return RunFolder.#open(path, reports)
  }

  /** The folder of a run that has not ended, which no process writes to. Of its predictions it keeps these. */
  static async reopen(path: string, reports: string, kept: readonly PredictionLine[]): Promise<RunFolder> {
    const predictions = join(path, predictionsName)
    await keepingSpace(path, async () => {
      await rm(predictions, { force: true })
      if (kept.length > 0) {
        await writeFile(predictions, kept.map((line) => `${JSON.stringify(line)}\n`).join(''), {
          flush: true,
        })
      }
    })
    return RunFolder.#open(path, reports)
  }

  static async #open(path: string, reports: string): Promise<RunFolder> {
    return new RunFolder(path, reports, await LineFile.open(path, samplesName))
  }

  get run(): string {
    return basename(this.path)
  }

  async writeManifest(manifest: Manifest): Promise<void> {
    const target = join(this.path, manifestName)
    await keepingSpace(this.path, async () => {
      await writeFile(`${target}.next`, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
      await rename(`${target}.next`, target)
    })
  }

  async appendSample(...samples: readonly Sample[]): Promise<void> {
    await this.#samples.append(...samples)
    if (!this.#isLatest) await this.#becomeLatest()
  }

  async appendPrediction(...lines: readonly PredictionLine[]): Promise<void> {
    this.#predictions ??= await LineFile.open(this.path, predictionsName)
    await this.#predictions.append(...lines)
  }

  /** Makes the folder for a sample's log and returns the log's absolute path. */
  async makeLog({ experiment, cell, round, attempt }: ScheduledSample): Promise<string> {
    const name = attempt === 0 ? `${round}.log` : `${round}-again-${attempt}.log`
    const path = join(this.path, 'logs', experiment.id, cell.id, name)
    await keepingSpace(this.path, () => mkdir(dirname(path), { recursive: true }))
    return path
  }

  get runLog(): string {
    return join(this.path, 'logs', 'run.log')
  }

  /** Where calibration writes what operations cost. */
  get costs(): string {
    return join(this.path, costsName)
  }

  /** A path as it reads from the run's folder. */
  relative(path: string): string {
    return relative(this.path, path)
  }

  async close(): Promise<void> {
    await this.#samples.close()
    await this.#predictions?.close()
  }

  async #becomeLatest(): Promise<void> {
    const link = join(this.#reports, latestLink)
    const next = `${link}.${this.run}`
    await rm(next, { force: true })
    await symlink(join(runsFolder, this.run), next)
    await rename(next, link)
    this.#isLatest = true
  }
}

/** A file of JSON lines that grows by whole ones; each is on disk when `append` returns. */
class LineFile {
  readonly #folder: string
  readonly #file: FileHandle
  #bytes: number

  private constructor(folder: string, file: FileHandle, bytes: number) {
    this.#folder = folder
    this.#file = file
    this.#bytes = bytes
  }

  /** Makes the file if there is none. A last line that a killed process did not finish is cut off. */
  static async open(folder: string, name: string): Promise<LineFile> {
    const path = join(folder, name)
    return keepingSpace(folder, async () => {
      const file = await open(path, 'a')
      try {
        const bytes = (await readFile(path)).lastIndexOf('\n') + 1
        await file.truncate(bytes)
        return new LineFile(folder, file, bytes)
      } catch (error) {
        await file.close()
        throw error
      }
    })
  }

  /** All of them, or none if the disk is full. */
  async append(...contents: readonly object[]): Promise<void> {
    const lines = Buffer.from(contents.map((content) => `${JSON.stringify(content)}\n`).join(''))
    await keepingSpace(this.#folder, async () => {
      try {
        await this.#file.appendFile(lines)
        await this.#file.datasync()
      } catch (error) {
        await this.#file.truncate(this.#bytes).catch(() => {})
        throw error
      }
    })
    this.#bytes += lines.length
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Appends a line to a log, with the time in front. Throws HarnessError if the log cannot be written. */
export function appendLog(path: string, line: string): void {
  try {
    appendFileSync(path, `${new Date().toISOString()} ${line}\n`)
  } catch (error) {
    throw diskError(dirname(path), error)
  }
}

/** `2026-11-22T11-54-50Z`: names sort by time and are valid on every file system. */
function timeForName(now: Date): string {
  return now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
}

async function makeUnusedFolder(parent: string, name: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const path = join(parent, attempt === 1 ? name : `${name}-${attempt}`)
    try {
      await mkdir(parent, { recursive: true })
      await mkdir(path)
      await mkdir(join(path, 'logs'))
      return path
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw diskError(parent, error)
    }
  }
}

/** The result of `write`, which writes below `folder`. Throws HarnessError with what to do if it cannot. */
export async function keepingSpace<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw diskError(folder, error)
  }
}

/** The error for a folder that cannot be written to, with what to do about it. */
export function diskError(folder: string, error: unknown): HarnessError {
  const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(error))
  return full
    ? new HarnessError(
        `The disk is full: ${folder} cannot grow.`,
        'Free some space and run again. The samples taken so far are kept, and `make report` shows them.',
        error,
      )
    : new HarnessError(`Cannot write to ${folder}: ${messageOf(error)}`, 'Make the folder writable.', error)
}
