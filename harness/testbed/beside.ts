/** The programs that run at other hosts of a topology while stack and peer have their exchange. */
import { type RunningProgram, startProgram } from '../peers/peer-process.ts'
import type { HostProgram } from '../workload/host-side.ts'
import type { Testbed } from './testbed.ts'

export interface Beside {
  /** Stops those that open connections, which lets the others end. Rejects with HarnessError if one failed. */
  finish(): Promise<unknown[]>
  kill(): void
}

/** Starts them in order, each once the one before it waits for connections or runs. */
export async function startBeside(testbed: Testbed, programs: readonly HostProgram[]): Promise<Beside> {
  const running: (RunningProgram<unknown> & { readonly listens: boolean })[] = []
  const kill = () => {
    for (const each of running) each.kill()
  }
  try {
    for (const { node, program } of programs) {
      const started = await startProgram(testbed.deployment.node(node), program)
      // Awaited in `finish`; one that fails before that must not reject unhandled.
      started.result.catch(() => {})
      running.push({ ...started, listens: program.listens })
      await started.ready
    }
  } catch (error) {
    kill()
    throw error
  }
  return {
    async finish() {
      for (const each of running) if (!each.listens) each.stop()
      return await Promise.all(running.map(({ result }) => result))
    },
    kill,
  }
}
