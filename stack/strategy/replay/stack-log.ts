/** What the log of a stack's channel says besides requests and digests: enough to build the same machine again. */

import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import type { ReplayedDomain } from '../../dominoes/log/domain.ts'
import { LogError } from '../../dominoes/log/error.ts'
import type { LogHeader, LogShape } from '../../dominoes/log/layout.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { createMachine, stateWords } from '../../protocol/machine.ts'
import { postedArguments } from '../../protocol/requests.ts'
import { headerWords } from '../../wire/header.ts'
import { actionCapacity } from '../layout/stack-layout.ts'
import type { StackParameters } from '../options.ts'

const domainName = 'tcp-ip'

/** `apply` reads no payload: of a frame, what the check decoded. */
export const stackLogShape: LogShape = {
  argumentWords: postedArguments,
  headWords: headerWords,
}

/** What a log says about the run that made it. */
export interface StackLogDescription {
  readonly domain: typeof domainName
  readonly machine: MachineConfig
  /** For the reader only: any number of replicas replays it. */
  readonly replicas: number
}

export function describeStackLog(parameters: StackParameters): string {
  const { machine, strategy } = parameters
  const replicas = strategy.kind === 'replicated' ? strategy.replicas : 1
  const description: StackLogDescription = { domain: domainName, machine, replicas }
  return JSON.stringify(description)
}

/** Throws LogError if the log is another domain's, or its machine cannot be built here. */
export function parseStackLog(path: string, header: LogHeader): StackLogDescription {
  try {
    const description = JSON.parse(header.description) as StackLogDescription
    if (description.domain !== domainName) throw new Error(`it is of the domain '${description.domain}'`)
    const { argumentWords, headWords } = header.shape
    if (argumentWords !== stackLogShape.argumentWords || headWords !== stackLogShape.headWords) {
      throw new Error('its requests have another form')
    }
    openReplayedMachine(description.machine, new Int32Array(0))
    return description
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new LogError(
      path,
      `the log does not describe a TCP/IP stack: ${reason}`,
      'name a log that a stack recorded, and replay it with the version of this project that did',
      error,
    )
  }
}

/** The protocol machine alone, in its initial state; requests are in slots of `words`. */
export function openReplayedMachine(
  config: MachineConfig,
  words: Int32Array,
): ReplayedDomain & { readonly state: Int32Array } {
  const state = new Int32Array(stateWords(config))
  const actions = new ActionQueue(actionCapacity)
  return { state, actions, ...createMachine(config, words, state, actions) }
}
