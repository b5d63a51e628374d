import type Docker from 'dockerode'
import { HarnessError } from '../error.ts'
import { execIn } from './exec.ts'
import { holdContainer } from './held-container.ts'
import type { Owner } from './owner.ts'

/**
 * A short-lived container that does what needs rights on the host: it sees the host's network and processes, makes
 * interfaces and moves them between the network namespaces of other containers. It lives for one script, so that
 * nothing with these rights is around while something is measured, and the user needs no rights but Docker's.
 */
export const helperCapabilities = ['NET_ADMIN', 'SYS_ADMIN', 'SYS_PTRACE'] as const

export interface HelperContext {
  readonly docker: Docker
  readonly image: string
  readonly owner: Owner
  readonly runId: string
}

let count = 0

/** Runs shell lines, stopping at the first that fails. Throws HarnessError quoting it; returns the output. */
export async function runHelper(context: HelperContext, lines: readonly string[]): Promise<string> {
  if (lines.length === 0) return ''
  count++
  const helper = holdContainer(context.docker, {
    name: `dominoes-${context.runId}-helper-${process.pid}-${count}`,
    runId: context.runId,
    node: 'helper',
    owner: context.owner,
    image: context.image,
    command: ['sleep', '120'],
    capabilities: helperCapabilities,
    devices: [],
    mounts: [],
    namespaces: 'host',
    sharedMemoryBytes: 1 << 20,
  })
  try {
    const { id } = await helper.started
    // Traced, so that the failing line is the last one on the error output.
    const result = await execIn(context.docker, id, ['sh', '-eux'], { input: script(lines) })
    if (result.exitCode === 0) return result.stdout
    throw new HarnessError(
      `Wiring failed (exit code ${result.exitCode}):\n    ${result.stderr.split('\n').slice(-3).join('\n    ')}`,
      'See what this machine lacks: make doctor',
    )
  } finally {
    await helper.release()
  }
}

function script(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
