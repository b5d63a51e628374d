import type Docker from 'dockerode'
import { HarnessError } from '../error.ts'
import { execIn } from './exec.ts'
import { holdContainer } from './held-container.ts'
import type { Owner } from './owner.ts'

/**
 * A short-lived container that does what needs rights on the host: it sees the host's network and processes, makes
 * interfaces and moves them between the network namespaces of other containers. It lives while something is wired, so
 * that nothing with these rights is around while something is measured, and the user needs no rights but Docker's.
 */
export const helperCapabilities = ['NET_ADMIN', 'SYS_ADMIN', 'SYS_PTRACE'] as const

export interface HelperContext {
  readonly docker: Docker
  readonly image: string
  readonly owner: Owner
  readonly runId: string
}

export interface WiringHelper {
  /** Runs shell lines, stopping at the first that fails. Throws HarnessError quoting it; returns the output. */
  run(lines: readonly string[]): Promise<string>
  /** Removes the container, once. */
  release(): Promise<void>
}

/** Longer than any wiring takes: should nobody remove it, it ends by itself. */
const lifeSeconds = 120

let count = 0

/** Starts a helper, which may take several scripts. Throws HarnessError if this process is ending. */
export function holdHelper({ docker, image, owner, runId }: HelperContext): WiringHelper {
  count++
  const helper = holdContainer(docker, {
    name: `dominoes-${runId}-helper-${process.pid}-${count}`,
    runId,
    node: 'helper',
    owner,
    image,
    command: ['sleep', String(lifeSeconds)],
    capabilities: helperCapabilities,
    devices: [],
    mounts: [],
    namespaces: 'host',
    sharedMemoryBytes: 1 << 20,
  })
  // Who waits for the nodes first may never come to ask: then a failed start must not reject unhandled.
  helper.started.catch(() => {})
  return {
    run: async (lines) => {
      if (lines.length === 0) return ''
      const { id } = await helper.started
      // Traced, so that the failing line is the last one on the error output.
      const result = await execIn(docker, id, ['sh', '-eux'], { input: script(lines) })
      if (result.exitCode === 0) return result.stdout
      throw new HarnessError(
        `Wiring failed (exit code ${result.exitCode}):\n    ${result.stderr.split('\n').slice(-3).join('\n    ')}`,
        'See what this machine lacks: make doctor',
      )
    },
    release: () => helper.release(),
  }
}

/** Runs one script with a helper of its own. Throws as `run` does. */
export async function runHelper(context: HelperContext, lines: readonly string[]): Promise<string> {
  const helper = holdHelper(context)
  try {
    return await helper.run(lines)
  } finally {
    await helper.release()
  }
}

function script(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
