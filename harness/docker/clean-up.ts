import type Docker from 'dockerode'
import { HarnessError, messageOf } from '../error.ts'
import { labels, removeContainer } from './container.ts'
import { answerTo } from './engine/answer.ts'
import { ownerState, parseOwner } from './owner.ts'
import { type Progress, silent } from './progress.ts'

/**
 * Nothing outlives its run. Two lines of defence: tasks registered here run exactly once when the work ends, fails
 * or is interrupted; and what a killed process could not remove is found by its labels by the next command.
 */
type Task = () => Promise<void>

const tasks = new Set<Task>()
let running: Promise<void> | undefined
let ending = false

/**
 * Registers a task that must run before this process ends. Returns a function that withdraws the task, once it is not
 * needed any more. Throws if the process is ending already: register first, act afterwards.
 */
export function addCleanUp(task: Task): () => void {
  if (ending) throw new HarnessError('This command was interrupted.', 'Run it again.')
  tasks.add(task)
  return () => tasks.delete(task)
}

/** Starts all registered tasks, the last one first, and waits for them. Failures are printed and stop no other task. */
export function runCleanUp(): Promise<void> {
  running ??= drain().finally(() => {
    running = undefined
  })
  return running
}

async function drain(): Promise<void> {
  while (tasks.size > 0) {
    const due = [...tasks].reverse()
    tasks.clear()
    const results = await Promise.allSettled(due.map((task) => task()))
    for (const result of results) {
      if (result.status === 'rejected') console.error(`clean-up: ${messageOf(result.reason)}`)
    }
  }
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Interruption = keyof typeof exitCodes

/**
 * Runs a command's work and cleans up after it, however it ends. An interrupt aborts the signal given to the work,
 * cleans up and ends the process. A second interrupt only prints a request to wait: clean-up takes a second at most.
 */
export async function withCleanUp<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  const end = (exitCode: number, reason: string) => {
    if (ending) {
      console.error('still cleaning up; please wait')
      return
    }
    ending = true
    console.error(`${reason}: cleaning up`)
    abort.abort(new Error(reason))
    void runCleanUp().finally(() => process.exit(exitCode))
  }
  const onSignal = (signal: Interruption) => end(exitCodes[signal], 'interrupted')
  const onError = (error: unknown) => {
    console.error(error)
    end(1, 'unexpected error')
  }
  const signals = Object.keys(exitCodes) as Interruption[]
  for (const signal of signals) process.on(signal, onSignal)
  process.on('uncaughtException', onError)
  process.on('unhandledRejection', onError)
  try {
    return await work(abort.signal)
  } finally {
    // When interrupted, the process ends here: neither a result nor a failure of the aborted work matters any more.
    if (ending) await new Promise(() => {})
    await runCleanUp()
    for (const signal of signals) process.off(signal, onSignal)
    process.off('uncaughtException', onError)
    process.off('unhandledRejection', onError)
  }
}

export interface Found {
  /** Containers whose run's process is gone. */
  readonly leftOver: readonly { readonly id: string; readonly name: string }[]
  /** Names of the containers of runs that are alive. */
  readonly kept: readonly string[]
}

/** With `everyone`, containers whose owner cannot be seen from here count as left over, too. */
export async function findLeftOvers(docker: Docker, everyone = false): Promise<Found> {
  const listing = docker.listContainers({ all: true, filters: { label: [labels.run] } })
  const containers = (await answerTo('list its containers', listing)).map(({ Id: id, Names, Labels }) => {
    const owner = parseOwner(Labels[labels.owner] ?? '')
    const state = owner === undefined ? 'dead' : ownerState(owner)
    const isKept = state === 'alive' || (state === 'unknown' && !everyone)
    return { id, name: Names[0]?.slice(1) ?? id.slice(0, 12), isKept }
  })
  return {
    leftOver: containers.filter(({ isKept }) => !isKept),
    kept: containers.flatMap(({ name, isKept }) => (isKept ? [name] : [])).sort(),
  }
}

/** Removes containers that are left over; without a list, all of them. Returns their names. */
export async function removeLeftOvers(
  docker: Docker,
  onProgress: Progress = silent,
  leftOver?: Found['leftOver'],
): Promise<string[]> {
  const due = leftOver ?? (await findLeftOvers(docker)).leftOver
  await Promise.all(
    due.map(({ id, name }) => {
      onProgress(`removing ${name}, left over`)
      return removeContainer(docker, id)
    }),
  )
  return due.map(({ name }) => name).sort()
}
