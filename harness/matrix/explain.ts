/** Turns what the schema refused into complaints that a writer of an experiment can act on. Pure. */
import type { z } from 'zod'
import type { Complaint } from './complaints.ts'
import { cellSetSchema, definitionSchema } from './experiment.ts'
import { impairmentFields } from './impairment.ts'

export function explainIssues(error: z.ZodError, candidate: unknown): Complaint[] {
  return error.issues.flatMap((issue) => explain(issue, candidate))
}

function explain(issue: z.core.$ZodIssue, candidate: unknown): Complaint[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') {
    const inPath = path[2] === 'impairment'
    const inCells = path[0] === 'cells' && !inPath
    const known = inPath
      ? impairmentFields
      : Object.keys(inCells ? cellSetSchema.shape : definitionSchema.shape)
    return issue.keys.map((key) => ({
      path: [...path, key],
      problem: inCells ? 'unknown factor' : 'unknown field',
      remedy: path.length === 0 || inCells || inPath ? `known are ${known.join(', ')}` : 'remove it',
    }))
  }
  if (valueAt(candidate, path) === undefined) {
    return [{ path, problem: 'missing', remedy: 'experiments/README.md says what belongs here' }]
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

function valueAt(candidate: unknown, path: readonly (string | number)[]): unknown {
  let value = candidate
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}
