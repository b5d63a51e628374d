/**
 * Ordering: the application is told of messages in the order of their numbers. One that comes early is copied to its place
 * in the buffer at once, and told when its turn has come, so that payload never waits in the state.
 *
 * Without reliability a gap may never be filled. It is given up after the time in which a replica that was preempted would
 * have sent its message (`reorderingFloorMicros`).
 */
import { MicroprotocolBit } from '../../wire/ctp.ts'
import { maximumGapMicros } from '../config.ts'
import type { Core } from '../state/core.ts'
import { armComposite, has, isDue, scheduleComposite } from './composites.ts'
import { Disposition, indifferent, type Microprotocol } from './microprotocol.ts'
import { giveGapUp } from './numbering.ts'
import { arrivedLength, positionOf, setArrived } from './rings.ts'
import { emitTold } from './upcalls.ts'

export const ordering: Microprotocol<Core> = {
  ...indifferent,

  onMessageIn(core, number) {
    const { composite } = core
    const isNext = number === composite.tellNext
    if (isNext) told(core)
    if (composite.tellNext !== composite.receiveNext) scheduleComposite(core)
    watchGap(core, ((number - composite.receiveNext) | 0) < 0)
    return isNext ? Disposition.pass : Disposition.hold
  },

  onTimer(core) {
    const { composite } = core
    if (composite.holdTimer === 0) return
    if (!isDue(core, composite.holdDeadline)) {
      armComposite(core, composite.holdDeadline)
      return
    }
    giveGapUp(core)
    watchGap(core, true)
    scheduleComposite(core)
  },

  tell(core) {
    const { composite, actions } = core
    while (composite.tellNext !== composite.receiveNext) {
      const length = arrivedLength(core, composite.tellNext) - 1
      // A gap that was given up has nothing to tell.
      if (length >= 0) {
        if (actions.isFull) return false
        emitTold(core, positionOf(core, composite.tellNext), length)
      }
      told(core)
    }
    return true
  },

  onGap(core) {
    core.composite.holdDeadline = (core.now - maximumGapMicros) | 0
  },
}

function told(core: Core): void {
  const { composite, socket } = core
  setArrived(core, composite.tellNext, 0)
  composite.tellNext = (composite.tellNext + 1) | 0
  socket.received = positionOf(core, composite.tellNext)
}

/** `hasMoved`: the gap at `receiveNext` is another than before, or there is none any more. */
function watchGap(core: Core, hasMoved: boolean): void {
  const { composite, config, now } = core
  if (has(core, MicroprotocolBit.reliability)) return
  if (composite.held === 0) composite.holdTimer = 0
  else if (hasMoved || composite.holdTimer === 0) {
    composite.holdTimer = 1
    composite.holdDeadline = (now + config.reorderingFloorMicros) | 0
    armComposite(core, composite.holdDeadline)
  }
}
