import { access, constants } from 'node:fs/promises'
import { homedir, release } from 'node:os'
import Docker from 'dockerode'
import { codeOf, HarnessError, messageOf, RunEndingError } from '../../error.ts'
import { answerTo } from './answer.ts'
import { chosenEngine } from './context.ts'

/**
 * Finding the Docker engine: the one that Docker's own settings choose (DOCKER_HOST, or a context), else the first of the
 * usual sockets that answers. The engine must run on this machine: containers mount the project and the run's directory,
 * and the manifest describes the machine where the harness runs.
 */
export const defaultSocket = '/var/run/docker.sock'

/** Where an engine may listen, best first. */
export function engineSockets(environment: NodeJS.ProcessEnv = process.env): string[] {
  const chosen = chosenEngine(environment)
  if (chosen !== undefined) {
    const { host, by } = chosen
    if (host.startsWith('unix://')) return [host.slice('unix://'.length)]
    throw new HarnessError(
      `${by} names ${host}, but the engine has to run on this machine: containers mount its directories, and the run says on which machine it was measured.`,
      'Run the command on that machine: ssh there, in a checkout of the same commit (SHARD=i/n and `make merge` join what several machines measure). Or choose a local engine: export DOCKER_HOST=unix:///var/run/docker.sock',
    )
  }
  const sockets = [defaultSocket]
  if (environment.XDG_RUNTIME_DIR) sockets.push(`${environment.XDG_RUNTIME_DIR}/docker.sock`)
  sockets.push(`${homedir()}/.docker/run/docker.sock`)
  return sockets
}

/**
 * A client of the first engine that answers, or undefined. Throws HarnessError if this user may not use one, or if it
 * hangs: another one beside it would not get its socket.
 */
export async function findEngine(): Promise<Docker | undefined> {
  for (const socketPath of engineSockets()) {
    const docker = new Docker({ socketPath })
    try {
      // Not its `info`, which looks at all containers: one that is stuck may not answer.
      const { KernelVersion } = await answerTo(`answer at ${socketPath}`, docker.version())
      requireOwnKernel(KernelVersion, socketPath)
      return docker
    } catch (error) {
      if (error instanceof HarnessError) throw error
      await explainRefusal(socketPath, error)
    }
  }
  return undefined
}

/** For an engine that hangs, which `findEngine` throws for; other errors are thrown on. */
export function unlessHanging(error: unknown): undefined {
  if (!(error instanceof RunEndingError)) throw error
}

/** A local socket may lead into a virtual machine, as that of Docker Desktop does. */
function requireOwnKernel(kernel: string | undefined, socketPath: string): void {
  if (kernel === release()) return
  throw new HarnessError(
    `The Docker engine at ${socketPath} runs under another kernel (${kernel}) than this machine (${release()}): in a virtual machine, or behind a tunnel.`,
    'Use an engine on this machine itself (on Debian: apt-get install docker.io), or run the command inside of that machine.',
  )
}

async function explainRefusal(socketPath: string, error: unknown): Promise<void> {
  if (codeOf(error) !== 'EACCES') return
  const exists = await access(socketPath, constants.F_OK).then(
    () => true,
    () => false,
  )
  if (!exists) return
  throw new HarnessError(
    `A Docker engine listens on ${socketPath}, but this user may not talk to it (${messageOf(error)}).`,
    'Join its group and log in again: sudo usermod -aG docker "$USER"; or run the command as root.',
    error,
  )
}
