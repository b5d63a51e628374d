import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import Docker from 'dockerode'
import { codeOf, HarnessError, messageOf } from '../error.ts'

/**
 * Finding the Docker engine: the one named by DOCKER_HOST, else the first of the usual sockets that answers.
 * The engine must run on this machine, since containers mount the project and the run's directory.
 */
export const defaultSocket = '/var/run/docker.sock'

/** Where an engine may listen, best first. */
export function engineSockets(environment: NodeJS.ProcessEnv = process.env): string[] {
  const host = environment.DOCKER_HOST
  if (host !== undefined && host !== '') {
    if (host.startsWith('unix://')) return [host.slice('unix://'.length)]
    throw new HarnessError(
      `DOCKER_HOST is ${host}, but the engine has to run on this machine: containers mount its directories.`,
      'Unset DOCKER_HOST, or point it at a local socket: export DOCKER_HOST=unix:///var/run/docker.sock',
    )
  }
  const sockets = [defaultSocket]
  if (environment.XDG_RUNTIME_DIR) sockets.push(`${environment.XDG_RUNTIME_DIR}/docker.sock`)
  sockets.push(`${homedir()}/.docker/run/docker.sock`)
  return sockets
}

/** A client of the first engine that answers, or undefined. Throws HarnessError if this user may not use one. */
export async function findEngine(): Promise<Docker | undefined> {
  for (const socketPath of engineSockets()) {
    const docker = new Docker({ socketPath })
    try {
      await docker.ping()
      return docker
    } catch (error) {
      await explainRefusal(socketPath, error)
    }
  }
  return undefined
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
