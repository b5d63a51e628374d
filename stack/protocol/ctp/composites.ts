/** The table of composites, and each as a sender. */
import { releaseNextHop } from '../link/neighbor-table.ts'
import { scheduleSender } from '../senders/pending.ts'
import { armSender, disarmSender } from '../senders/timers.ts'
import { compositeCount } from '../state/composites.ts'
import type { Core } from '../state/core.ts'

/** Makes composite `index` the one at hand. */
export function selectComposite(core: Core, index: number): void {
  core.composite.at = core.layout.composites + index * core.layout.compositeWords
}

/** Selects a free composite, and makes it the socket's; -1 if there is none, else its index. */
export function takeComposite(core: Core, socket: number, bits: number): number {
  const { composite, config } = core
  for (let index = 0; index < compositeCount(config); index += 1) {
    selectComposite(core, index)
    if (composite.socket !== 0) continue
    composite.socket = socket + 1
    composite.microprotocols = bits
    return index
  }
  return -1
}

/** Frees the composite at hand: all its words become 0. */
export function releaseComposite(core: Core): void {
  const { composite, state, layout } = core
  releaseNextHop(core, compositeSenderNumber(core))
  disarmSender(core, compositeSenderNumber(core))
  state.fill(0, composite.at, composite.at + layout.compositeWords)
}

/** The composite at hand has something to emit. */
export function scheduleComposite(core: Core): void {
  scheduleSender(core, compositeSenderNumber(core))
}

/** The composite at hand has to be woken at `deadline`. */
export function armComposite(core: Core, deadline: number): void {
  armSender(core, compositeSenderNumber(core), deadline)
}

/** Whether the microprotocol of this bit is among those of the composite at hand. */
export function has({ composite }: Core, bit: number): boolean {
  return (composite.microprotocols & bit) !== 0
}

/** Whether a time has come. */
export function isDue({ now }: Core, deadline: number): boolean {
  return ((deadline - now) | 0) <= 0
}

/** The composite at hand as a sender. */
export function compositeSenderNumber({ composite, layout }: Core): number {
  return layout.firstSender.composite + (composite.at - layout.composites) / layout.compositeWords
}
