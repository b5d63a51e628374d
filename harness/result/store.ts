/**
 * Reads the folder of a run. Everything is checked against its schema: a file of another version, or damaged, is an
 * error that names the file. Reads only.
 */
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf, HarnessError, messageOf } from '../error.ts'
import { type Behaviour, behaviourFolder, behaviourSchema, viewName } from './behaviour.ts'
import { type Manifest, manifestSchema, schemaVersion } from './manifest.ts'
import { type PredictionLine, predictionSchema } from './prediction.ts'
import { type Sample, sampleSchema } from './sample.ts'

export const runsFolder = 'runs'
export const latestLink = 'latest'
export const manifestName = 'manifest.json'
export const samplesName = 'samples.ndjson'
export const predictionsName = 'predictions.ndjson'
/** What operations cost on the machine, measured during the run; only in runs with predictions. */
export const costsName = 'costs.json'
export const reportName = 'index.html'

export interface Run {
  readonly folder: string
  readonly manifest: Manifest
  readonly samples: readonly Sample[]
  /** Empty if no experiment asked for any. */
  readonly predictions: readonly PredictionLine[]
  /** In the order of the experiments, and of the cells that each shows. */
  readonly behaviours: readonly ShownBehaviour[]
}

/** A view, and where it and the files that it names are: from the run's folder. */
export interface ShownBehaviour {
  readonly folder: string
  readonly view: Behaviour
}

/** Folders of all runs below `reports`, the newest first; they are named by their time. */
export async function runFolders(reports: string): Promise<string[]> {
  const parent = join(reports, runsFolder)
  const names = await readdir(parent).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw unreadable(parent, error)
  })
  return names
    .sort()
    .reverse()
    .map((name) => join(parent, name))
}

/** The newest run below `reports`. Throws HarnessError if there is none. */
export async function latestRun(reports: string): Promise<Run> {
  let folder: string
  try {
    folder = await realpath(join(reports, latestLink))
  } catch (error) {
    throw new HarnessError(
      'There is no run yet.',
      'Measure first: `make reproduce`, or `make reproduce PROFILE=quick`.',
      error,
    )
  }
  return readRun(folder)
}

export async function readRun(folder: string): Promise<Run> {
  const manifest = await readManifest(folder)
  const path = join(folder, samplesName)
  const samples = parseLines(sampleSchema, await readText(path), path)
  return {
    folder,
    manifest,
    samples,
    predictions: await readPredictions(folder),
    behaviours: await readBehaviours(folder, manifest, samples),
  }
}

/** Each beside the log of its cell's first sample. */
async function readBehaviours(
  folder: string,
  { experiments }: Manifest,
  samples: readonly Sample[],
): Promise<ShownBehaviour[]> {
  const shown: ShownBehaviour[] = []
  for (const { id, behaviour } of experiments) {
    for (const cell of behaviour) {
      const first = samples.find((sample) => sample.experiment === id && sample.cell === cell)
      if (first === undefined) continue
      const place = behaviourFolder(first.log)
      const path = join(folder, place, viewName)
      const text = await readIfThere(path)
      if (text === undefined) continue
      shown.push({ folder: place, view: checked(behaviourSchema, parseJson(text, path), path) })
    }
  }
  return shown
}

async function readPredictions(folder: string): Promise<PredictionLine[]> {
  const path = join(folder, predictionsName)
  return parseLines(predictionSchema, (await readIfThere(path)) ?? '', path)
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, manifestName)
  const content = parseJson(await readText(path), path)
  const version = z.looseObject({ schemaVersion: z.unknown() }).safeParse(content).data?.schemaVersion
  if (version !== schemaVersion) {
    throw new HarnessError(
      `${path} has schema version ${String(version)}; this code reads version ${schemaVersion}.`,
      'Check out the commit that measured it, or measure again with `make reproduce`.',
    )
  }
  return checked(manifestSchema, content, path)
}

function parseLines<S extends z.ZodType>(schema: S, text: string, path: string): z.infer<S>[] {
  // What follows the last line break is a line that a killed run did not finish.
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line, index) => {
    const place = `${path}, line ${index + 1}`
    return checked(schema, parseJson(line, place), place)
  })
}

/** Undefined if there is no such file. */
async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw unreadable(path, error)
    return undefined
  })
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): HarnessError {
  const reason = codeOf(error) === 'ENOENT' ? 'does not exist' : messageOf(error)
  return new HarnessError(`${path} cannot be read: ${reason}.`, damageRemedy, error)
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new HarnessError(`${place} is not JSON.`, damageRemedy, error)
  }
}

function checked<S extends z.ZodType>(schema: S, content: unknown, place: string): z.infer<S> {
  const result = schema.safeParse(content)
  if (result.success) return result.data
  throw new HarnessError(`${place} does not fit its schema:\n${z.prettifyError(result.error)}`, damageRemedy)
}

const damageRemedy =
  'The folder is damaged: measure again with `make reproduce`, or remove runs with `make clean`.'
