/** Turns what the schema refused into complaints that a writer of an experiment can act on. Pure. */
import type { z } from 'zod'
import { settingsSchema, workloadNames } from '../../workload/workloads.ts'
import { cellSetSchema, definitionSchema } from '../experiment.ts'
import { impairmentFields } from '../impairment.ts'
import type { Complaint } from './complaint.ts'

export function explainIssues(error: z.ZodError, candidate: unknown): Complaint[] {
  return error.issues.flatMap((issue) => explain(issue, candidate))
}

function explain(issue: z.core.$ZodIssue, candidate: unknown): Complaint[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') {
    const known = knownAt(path, candidate)
    return issue.keys.map((key) => ({
      path: [...path, key],
      problem: path[0] === 'cells' && path.length === 2 ? 'unknown factor' : 'unknown field',
      remedy: known === undefined ? 'remove it' : `known are ${known.join(', ')}`,
    }))
  }
  if (valueAt(candidate, path) === undefined) {
    return [{ path, problem: 'missing', remedy: 'experiments/README.md says what belongs here' }]
  }
  if (issue.code === 'invalid_union' && path[0] === 'workload') {
    const remedy = `use one of ${workloadNames.map((name) => JSON.stringify(name)).join(', ')}`
    return [{ path, problem: `unknown value ${JSON.stringify(valueAt(candidate, path))}`, remedy }]
  }
  if (issue.code === 'invalid_value') {
    return [
      {
        path,
        problem: `unknown value ${JSON.stringify(valueAt(candidate, path))}`,
        remedy: `use one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`,
      },
    ]
  }
  return [{ path, problem: issue.message, remedy: `it is ${JSON.stringify(valueAt(candidate, path))}` }]
}

/** The known keys at the place of an unknown one; undefined where there is no list of them. */
function knownAt(path: readonly (string | number)[], candidate: unknown): readonly string[] | undefined {
  if (path.length === 0) return Object.keys(definitionSchema.shape)
  if (path[2] === 'impairment') return impairmentFields
  if (path[0] === 'cells') return Object.keys(cellSetSchema.shape)
  if (path[0] !== 'workload' || path.length > 1) return undefined
  const kind = valueAt(candidate, ['workload', 'kind'])
  const settings = settingsSchema.options.find(({ shape }) => shape.kind.value === kind)
  return Object.keys(settings?.shape ?? {})
}

function valueAt(candidate: unknown, path: readonly (string | number)[]): unknown {
  let value = candidate
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}
