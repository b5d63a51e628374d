import type Docker from 'dockerode'
import { HarnessError, messageOf, RunEndingError } from '../error.ts'
import { answerTo } from './engine/answer.ts'
import { formatOwner, type Owner } from './owner.ts'

/**
 * Containers of a run: started with named capabilities only, labelled with their run and its owner so that a
 * later command can recognize left-over ones, and always removed by the process that started them.
 */
export const containerPrefix = 'dominoes-'

export const labels = {
  run: 'dominoes.run',
  /** The process that removes the container, in the form of owner.ts. */
  owner: 'dominoes.owner',
  node: 'dominoes.node',
} as const

export interface Mount {
  readonly host: string
  readonly container: string
  readonly writable: boolean
}

export interface ContainerSpec {
  readonly name: string
  readonly runId: string
  readonly node: string
  readonly owner: Owner
  readonly image: string
  readonly command: readonly string[]
  readonly capabilities: readonly string[]
  /** Device files, under the same path inside. */
  readonly devices: readonly string[]
  readonly mounts: readonly Mount[]
  /** `none`: a network namespace with nothing but loopback. `host`: the host's network and process namespaces. */
  readonly namespaces: 'none' | 'host'
  /** Processors the container may use, in the form of `taskset -c`; all of them if absent. */
  readonly processors?: string | undefined
  readonly sharedMemoryBytes: number
  /** Kernel settings of its own namespaces, by name; the others are as a new namespace has them. */
  readonly sysctls?: Readonly<Record<string, string>> | undefined
}

export interface RunningContainer {
  readonly id: string
  readonly name: string
  /** Process id of its first process in the host's process namespace; its network namespace is reached by this id. */
  readonly pid: number
}

/** Creates and starts a container. Throws HarnessError, with nothing left behind. */
export async function startContainer(docker: Docker, spec: ContainerSpec): Promise<RunningContainer> {
  let container: Docker.Container | undefined
  try {
    container = await answerTo(
      `create the container ${spec.name}`,
      docker.createContainer(createOptions(spec)),
    )
    await answerTo(`start the container ${spec.name}`, container.start())
    const { State } = await answerTo(`inspect the container ${spec.name}`, container.inspect())
    if (!State.Running) throw new Error(`it ended at once with exit code ${State.ExitCode}`)
    return { id: container.id, name: spec.name, pid: State.Pid }
  } catch (error) {
    // An engine that hangs would not remove it either. The next command does, by its labels.
    if (error instanceof RunEndingError) throw error
    if (container !== undefined) await removeContainer(docker, container.id)
    throw new HarnessError(
      `The container ${spec.name} could not be started: ${messageOf(error)}`,
      'See what this machine lacks: make doctor. Left-overs of another run are removed by: make clean',
      error,
    )
  }
}

/** True once the container does not run any more; false if the signal aborts before. */
export function untilEnded(docker: Docker, id: string, abortSignal: AbortSignal): Promise<boolean> {
  return (
    docker
      .getContainer(id)
      .wait({ condition: 'not-running', abortSignal })
      // A container that is removed before the engine is asked is not found. Other refusals say nothing of it.
      .then(
        () => true,
        (error: unknown) => statusOf(error) === 404,
      )
  )
}

/** That a container has ended which was in use. */
export function containerEnded(id: string, how: string, cause?: unknown): HarnessError {
  return new HarnessError(
    `Container ${id.slice(0, 12)} has ended: ${how}`,
    'Somebody killed it, or the kernel did for want of memory (see dmesg). The next sample gets new containers.',
    cause,
  )
}

/** Kills and removes a container; one that is gone already is fine. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    const removing = docker.getContainer(id).remove({ force: true, v: true })
    await answerTo(`remove the container ${id.slice(0, 12)}`, removing)
  } catch (error) {
    const status = statusOf(error)
    // 404: no such container. 409: somebody else is removing it now.
    if (status !== 404 && status !== 409) throw error
  }
}

/** The engine's HTTP status of a failed request; 0 if it was not one. */
export function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 0
  return typeof error.statusCode === 'number' ? error.statusCode : 0
}

function createOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const host = spec.namespaces === 'host'
  return {
    name: spec.name,
    Image: spec.image,
    Cmd: [...spec.command],
    Labels: {
      [labels.run]: spec.runId,
      [labels.owner]: formatOwner(spec.owner),
      [labels.node]: spec.node,
    },
    HostConfig: {
      NetworkMode: spec.namespaces,
      ...(host ? { PidMode: 'host' } : {}),
      CapAdd: [...spec.capabilities],
      // A seccomp filter would add its cost to every measured system call; SELinux labels would hide the mounts.
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined', 'label=disable'],
      Devices: spec.devices.map((path) => ({
        PathOnHost: path,
        PathInContainer: path,
        CgroupPermissions: 'rwm',
      })),
      Binds: spec.mounts.map((mount) => `${mount.host}:${mount.container}:${mount.writable ? 'rw' : 'ro'}`),
      ShmSize: spec.sharedMemoryBytes,
      Sysctls: spec.sysctls ?? {},
      ...(spec.processors === undefined ? {} : { CpusetCpus: spec.processors }),
    },
  }
}
