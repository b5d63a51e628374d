/** A machine of which instance 1 goes wrong by itself: right after one request a word of its state changes. */
import type { ReplayedDomain } from '../../../dominoes/log/domain.ts'
import { FaultyDomain } from '../../../dominoes/testing/recorded-world.ts'
import type { MachineConfig } from '../../../protocol/config.ts'
import { planLayout } from '../../../protocol/state/layout.ts'
import { tcbRecord } from '../../../protocol/state/tcb.ts'
import { openReplayedMachine } from '../stack-log.ts'

/** Channel index of that request in a log that starts at 0. */
export const faultIndex = 44

export function openFaultyMachine(
  config: MachineConfig,
  words: Int32Array,
  instance: number,
): ReplayedDomain & { readonly state: Int32Array } {
  const sound = openReplayedMachine(config, words)
  if (instance !== 1) return sound
  return Object.assign(addFault(sound, config, sound.state), { state: sound.state })
}

/** Around a machine over `state`. */
export function addFault(domain: ReplayedDomain, config: MachineConfig, state: Int32Array): FaultyDomain {
  const at = planLayout(config).connections + tcbRecord.offsets.cwnd
  return new FaultyDomain(domain, faultIndex + 1, () => {
    state[at] = (state[at] as number) + 1
  })
}
