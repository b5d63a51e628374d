import { readdir } from 'node:fs/promises'
import { HarnessError, messageOf } from '../error.ts'
import { type Topology, topologySchema } from './define.ts'

/** Reading topologies from their folder. Errors name the file, the field and what to write there. */
const folder = new URL('../../topologies/', import.meta.url)

/** The ids that can be loaded, sorted. */
export async function listTopologies(): Promise<string[]> {
  const files = await readdir(folder)
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
}

export async function loadTopology(id: string): Promise<Topology> {
  const known = await listTopologies()
  if (!known.includes(id)) {
    throw new HarnessError(
      `There is no topology "${id}".`,
      `Use one of: ${known.join(', ')}; or add topologies/${id}.ts (see topologies/README.md).`,
    )
  }
  const file = `topologies/${id}.ts`
  let loaded: { topology?: unknown }
  try {
    loaded = await import(new URL(`${id}.ts`, folder).href)
  } catch (error) {
    throw new HarnessError(`${file} cannot be loaded: ${messageOf(error)}`, `Mend ${file}.`, error)
  }
  return checkTopology(loaded.topology, file, id)
}

/** Validates what a file exports as `topology`. */
export function checkTopology(value: unknown, file: string, id: string): Topology {
  if (value === undefined) {
    throw new HarnessError(
      `${file} exports no topology.`,
      `Write there: export const topology = defineTopology({ … })`,
    )
  }
  const result = topologySchema.safeParse(value)
  if (!result.success) {
    const complaints = result.error.issues.map(
      (issue) => `${issue.path.join('.') || 'topology'}: ${issue.message}`,
    )
    throw new HarnessError(
      `${file} is not a valid topology:\n    ${complaints.join('\n    ')}`,
      `Correct these fields in ${file}; harness/topology/define.ts describes each.`,
    )
  }
  if (result.data.id !== id) {
    throw new HarnessError(`${file}: id is "${result.data.id}".`, `Name it as its file: id: '${id}'`)
  }
  return result.data
}
