import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Check, check } from './check.ts'

/** What npm installs: Node itself, and the libraries. */
const project = fileURLToPath(new URL('../../', import.meta.url))

export async function packageChecks(): Promise<Check[]> {
  const dependencies = await names('dependencies')
  const missing = dependencies.filter((name) => !existsSync(`${project}node_modules/${name}/package.json`))
  return [nodeVersion(process.version), pinnedNode(), libraries(missing)]
}

async function names(field: 'dependencies'): Promise<string[]> {
  const manifest = JSON.parse(await readFile(`${project}package.json`, 'utf8')) as { dependencies: object }
  return Object.keys(manifest[field])
}

export function nodeVersion(version: string): Check {
  const major = Number(/^v(\d+)/.exec(version)?.[1] ?? 0)
  return check('node', 'Node in use', 'Runs TypeScript as it is written, without a build.', {
    state: major >= 26 ? 'ok' : 'missing',
    finding: version,
    remedy: 'Start commands through make or npm, which take the pinned Node: make doctor',
  })
}

function pinnedNode(): Check {
  const path = `node_modules/node-linux-${arch()}/bin/node`
  const exists = existsSync(`${project}${path}`)
  return check(
    'pinned-node',
    'Node for containers',
    'The stack runs in its container with the pinned Node.',
    {
      state: exists ? 'ok' : 'missing',
      finding: exists ? path : `there is no ${path}`,
      remedy: 'npm install --include=optional',
    },
  )
}

function libraries(missing: readonly string[]): Check {
  return check('packages', 'Libraries', 'The harness and the stack need the packages of package.json.', {
    state: missing.length === 0 ? 'ok' : 'missing',
    finding: missing.length === 0 ? 'installed' : `not installed: ${missing.join(', ')}`,
    remedy: 'npm ci',
  })
}
