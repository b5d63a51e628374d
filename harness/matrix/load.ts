/**
 * Reads experiments from their folder and refuses invalid ones, before anything is run: every error names the file,
 * the field and what to do. Invariant: a returned experiment can be run, and its cells compared with their baselines.
 */
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HarnessError, messageOf } from '../error.ts'
import { specificationOf } from '../workload/workloads.ts'
import { baselineCandidates } from './baseline.ts'
import type { Complaint } from './complaints/complaint.ts'
import { explainIssues } from './complaints/explain.ts'
import { complaintsAboutBehaviour } from './complaints/of-behaviour.ts'
import { complaintsAbout } from './complaints/of-cells.ts'
import { complaintsAboutMeasures } from './complaints/of-measures.ts'
import { complaintsAboutSizes } from './complaints/of-sizes.ts'
import { complaintsAboutTopologies } from './complaints/of-topologies.ts'
import { complaintsAboutVerdict } from './complaints/of-verdicts.ts'
import { expand } from './expand.ts'
import { type Definition, definitionSchema, type Experiment } from './experiment.ts'
import { isOwn } from './factor.ts'

/** All experiments of a folder, by id. Throws HarnessError for the first file that is wrong. */
export async function loadExperiments(folder: string): Promise<Experiment[]> {
  return load(folder, await filesOf(folder))
}

/** The experiment of that id, whatever is wrong with others. Throws HarnessError if its file is wrong, or not there. */
export async function loadExperiment(folder: string, id: string): Promise<Experiment> {
  const files = await filesOf(folder)
  const [experiment] = await load(
    folder,
    files.filter((name) => name === `${id}.ts`),
  )
  if (experiment !== undefined) return experiment
  const known = files.map((name) => basename(name, '.ts')).join(', ')
  throw new HarnessError(`There is no experiment "${id}".`, `Choose one of: ${known}.`)
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()
}

async function load(folder: string, names: readonly string[]): Promise<Experiment[]> {
  const definitions: { path: string; definition: Definition }[] = []
  for (const name of names) {
    const path = join(folder, name)
    definitions.push({ path, definition: validate(path, await importDefinition(path)) })
  }
  refuseDuplicates(definitions)
  for (const { path, definition } of definitions) refuseForeignId(path, definition)
  const experiments: Experiment[] = []
  for (const { path, definition } of definitions) {
    const experiment = resolveDefinition(path, definition)
    const complaints = await complaintsAboutTopologies(experiment)
    if (complaints.length > 0) throw refusal(path, complaints)
    experiments.push(experiment)
  }
  return experiments
}

async function importDefinition(path: string): Promise<unknown> {
  let module: Record<string, unknown>
  try {
    module = await import(pathToFileURL(resolve(path)).href)
  } catch (error) {
    throw new HarnessError(`${path} cannot be loaded: ${messageOf(error)}`, 'Correct the file.', error)
  }
  if (module.experiment === undefined) {
    throw new HarnessError(
      `${path} exports no \`experiment\`.`,
      'Write `export const experiment = defineExperiment({ … })`; helpers belong in another folder.',
    )
  }
  return module.experiment
}

/** Checks the shape of a definition. `path` is only for the message. */
export function validate(path: string, candidate: unknown): Definition {
  const result = definitionSchema.safeParse(candidate)
  if (!result.success) throw refusal(path, explainIssues(result.error, candidate))
  const complaints = result.data.cells.flatMap((set, index) =>
    complaintsAbout(set, index, result.data.workload),
  )
  if (complaints.length > 0) throw refusal(path, complaints)
  return result.data
}

/** Spells out the cells and checks that each has what it needs. */
export function resolveDefinition(path: string, definition: Definition): Experiment {
  const experiment = expand(definition)
  const complaints: Complaint[] = []
  const { workload } = experiment
  for (const cell of experiment.cells) {
    complaints.push(...specificationOf(workload).complaintsAbout(workload, cell))
    for (const baseline of experiment.baselines) {
      const found = baselineCandidates(baseline, cell, experiment.cells).length
      const needed =
        baseline === 'sequential' ? isOwn(cell.factors.strategy) : cell.factors.replicas !== undefined
      if (!needed || found === 1) continue
      complaints.push({
        path: ['baselines'],
        problem: `cell "${cell.id}" has ${found} baselines "${baseline}", not one`,
        remedy: 'list cells so that exactly one baseline has the same other factors, or drop the baseline',
      })
    }
  }
  complaints.push(
    ...complaintsAboutVerdict(experiment),
    ...complaintsAboutMeasures(experiment),
    ...complaintsAboutSizes(experiment),
    ...complaintsAboutBehaviour(experiment),
  )
  if (complaints.length > 0) throw refusal(path, complaints)
  return experiment
}

function refuseDuplicates(definitions: readonly { path: string; definition: Definition }[]): void {
  const paths = new Map<string, string>()
  for (const { path, definition } of definitions) {
    const other = paths.get(definition.id)
    if (other !== undefined) {
      throw refusal(path, [
        {
          path: ['id'],
          problem: `"${definition.id}" is also the id of ${other}`,
          remedy: 'name one of them differently',
        },
      ])
    }
    paths.set(definition.id, path)
  }
}

function refuseForeignId(path: string, definition: Definition): void {
  const expected = basename(path, '.ts')
  if (definition.id === expected) return
  throw refusal(path, [
    {
      path: ['id'],
      problem: `"${definition.id}" is not the file's name`,
      remedy: `write "${expected}", or rename the file to ${definition.id}.ts`,
    },
  ])
}

function refusal(path: string, complaints: readonly Complaint[]): HarnessError {
  const lines = complaints.map(
    (complaint) => `${path}: ${formatPath(complaint.path)}: ${complaint.problem} (${complaint.remedy})`,
  )
  return new HarnessError(lines.join('\n'), `Correct ${path}; nothing was run.`)
}

/** `cells[1].replicas` */
export function formatPath(path: readonly (string | number)[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return text.replace(/^\./, '') || 'experiment'
}
