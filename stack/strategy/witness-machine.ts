/** The protocol machine as a witness runs it: over a state of its own, its actions dropped (see `dominoes/witness.ts`). */
import { ActionQueue } from '../dominoes/action-queue.ts'
import type { Region } from '../dominoes/region.ts'
import type { WitnessParts } from '../dominoes/witness.ts'
import type { MachineConfig } from '../protocol/config.ts'
import { createMachine } from '../protocol/machine.ts'
import { actionCapacity, type StackLayout, stateOf } from './stack-layout.ts'

export function openWitness(region: Region, layout: StackLayout, config: MachineConfig): WitnessParts {
  const state = stateOf(region, layout, layout.replicas)
  const actions = new ActionQueue(actionCapacity)
  return { state, domain: { actions, ...createMachine(config, region.words, state, actions) } }
}
