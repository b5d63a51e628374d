/**
 * The protocol machine as a witness runs it: over a state of its own, its actions dropped (see
 * `dominoes/audit/witness.ts`).
 */

import type { WitnessParts } from '../../dominoes/audit/witness.ts'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { createMachine } from '../../protocol/machine.ts'
import { actionCapacity, type StackLayout, stateOf } from '../layout/stack-layout.ts'

export function openWitness(region: Region, layout: StackLayout, config: MachineConfig): WitnessParts {
  const state = stateOf(region, layout, layout.replicas)
  const actions = new ActionQueue(actionCapacity)
  return { state, domain: { actions, ...createMachine(config, region.words, state, actions) } }
}
