/**
 * Which engine Docker's own settings choose, in the order of its command line: DOCKER_HOST, DOCKER_CONTEXT, then the
 * context that `docker context use` has stored. Reads the files of the Docker client; starts nothing.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf, HarnessError, messageOf } from '../../error.ts'

export interface ChosenEngine {
  /** `unix:///run/docker.sock`, `ssh://host`, … */
  readonly host: string
  /** The setting that chose it, for messages. */
  readonly by: string
}

/** Undefined if nothing is chosen. Throws HarnessError if a context is chosen that cannot be read. */
export function chosenEngine(environment: NodeJS.ProcessEnv = process.env): ChosenEngine | undefined {
  const { DOCKER_HOST: host, DOCKER_CONTEXT: named, DOCKER_CONFIG: folder } = environment
  if (host) return { host, by: 'DOCKER_HOST' }
  const settings = folder || join(homedir(), '.docker')
  const name = named || readSetting(join(settings, 'config.json'), configSchema)?.currentContext
  if (!name || name === 'default') return undefined
  const by = `Docker's context "${name}"`
  // The client names the folder of a context by a hash of its name.
  const hash = createHash('sha256').update(name).digest('hex')
  const context = readSetting(join(settings, 'contexts', 'meta', hash, 'meta.json'), contextSchema)
  if (context !== undefined) return { host: context.Endpoints.docker.Host, by }
  throw new HarnessError(
    `${by} is chosen, but there is none of that name in ${settings}.`,
    'Choose one of `docker context ls`, or none: docker context use default, and unset DOCKER_CONTEXT.',
  )
}

const configSchema = z.looseObject({ currentContext: z.string().optional() })
const contextSchema = z.looseObject({
  Endpoints: z.looseObject({ docker: z.looseObject({ Host: z.string() }) }),
})

/** Undefined if there is no such file. */
function readSetting<S extends z.ZodType>(path: string, schema: S): z.infer<S> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new HarnessError(
      `Docker's settings in ${path} cannot be read: ${messageOf(error)}`,
      'Mend the file.',
      error,
    )
  }
}
