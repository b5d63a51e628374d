import type Docker from 'dockerode'
import { addCleanUp } from './clean-up.ts'
import { type ContainerSpec, type RunningContainer, removeContainer, startContainer } from './container.ts'

/** A container that this process removes, at the latest when it ends. */
export interface HeldContainer {
  readonly started: Promise<RunningContainer>
  /** Removes the container, once. Waits for a start in progress: the engine would complete it without this process. */
  release(): Promise<void>
}

/** Starts a container. Throws if this process is ending; a failed start rejects `started`. */
export function holdContainer(docker: Docker, spec: ContainerSpec): HeldContainer {
  let released: Promise<void> | undefined
  const release = () => {
    released ??= remove().finally(forget)
    return released
  }
  const forget = addCleanUp(release)
  const started = startContainer(docker, spec)
  const remove = () =>
    started.then(
      (container) => removeContainer(docker, container.id),
      () => {},
    )
  return { started, release }
}
