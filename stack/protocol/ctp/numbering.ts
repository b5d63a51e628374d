/**
 * Numbering: messages carry consecutive numbers. So a message that arrives twice is dropped, and one that does not arrive
 * leaves a gap, which is counted once it is given up.
 *
 *   … told or passed on … │ receiveNext ──── some of these arrived: held ──── receiveHigh │ …
 *
 * A message that is a window or more ahead means that the gap will not be filled, unless reliability is there: then no
 * honest peer sends one. Without ordering, the window moves on. With ordering it may do so only when nobody waits for what
 * is in the buffer, since places in the buffer follow from numbers.
 */
import { MicroprotocolBit } from '../../wire/ctp.ts'
import type { Core } from '../state/core.ts'
import { isBefore, later } from '../tcp/sequence.ts'
import { has, scheduleComposite } from './composites.ts'
import { Disposition, indifferent, type Microprotocol } from './microprotocol.ts'
import { arrivedLength, positionOf, setArrived, windowOf } from './rings.ts'

export const numbering: Microprotocol<Core> = {
  ...indifferent,

  onMessageIn(core, number, length, hasRoom) {
    const { composite, globals } = core
    const ahead = (number - composite.receiveNext) | 0
    if (ahead < 0) return dropDuplicate(core)
    const isBeyond = ahead >= windowOf(core)
    if (isBeyond ? !moveTo(core, number, hasRoom) : !hasRoom) {
      globals.messagesDropped = (globals.messagesDropped + 1) | 0
      hurry(core)
      return Disposition.drop
    }
    if (arrivedLength(core, number) !== 0) return dropDuplicate(core)
    setArrived(core, number, length + 1)
    composite.held += 1
    composite.receiveHigh = later(composite.receiveHigh, (number + 1) | 0)
    advance(core)
    return Disposition.pass
  },
}

/** Gives the gap at `receiveNext` up: goes on at the next message that arrived, if there is one. */
export function giveGapUp(core: Core): void {
  const { composite } = core
  if (composite.held === 0) return
  while (arrivedLength(core, composite.receiveNext) === 0) giveOneUp(core)
  advance(core)
}

/** Moves `receiveNext` past all that arrived without a gap. With ordering, entries stay until they are told. */
function advance(core: Core): void {
  const { composite } = core
  const isOrdered = has(core, MicroprotocolBit.ordering)
  while (composite.held > 0 && arrivedLength(core, composite.receiveNext) !== 0) {
    if (!isOrdered) setArrived(core, composite.receiveNext, 0)
    composite.receiveNext = (composite.receiveNext + 1) | 0
    composite.held -= 1
  }
}

/** Moves the window so that it holds `number`, which lies beyond it. False: it must not. */
function moveTo(core: Core, number: number, hasRoom: boolean): boolean {
  const { composite, socket } = core
  if (has(core, MicroprotocolBit.reliability)) return false
  if (has(core, MicroprotocolBit.ordering)) {
    const isIdle = composite.held === 0 && socket.consumed === positionOf(core, composite.tellNext)
    if (!isIdle) return false
    missed(core, (number - composite.receiveNext) | 0)
    composite.receiveNext = number
    composite.tellNext = number
    socket.consumed = positionOf(core, number)
    return true
  }
  if (!hasRoom) return false
  const first = (number - windowOf(core) + 1) | 0
  // Beyond what arrived there is nothing to look at.
  while (composite.held > 0 && isBefore(composite.receiveNext, first)) {
    if (arrivedLength(core, composite.receiveNext) === 0) giveOneUp(core)
    else advance(core)
  }
  const left = (first - composite.receiveNext) | 0
  if (left > 0) {
    missed(core, left)
    composite.receiveNext = first
  }
  return true
}

/** The buffer is full of messages that wait for the gap: the gap is given up now, not in its time. */
function hurry(core: Core): void {
  const { composite } = core
  if (composite.held === 0 || has(core, MicroprotocolBit.reliability)) return
  if (!has(core, MicroprotocolBit.ordering)) return
  giveGapUp(core)
  scheduleComposite(core)
}

function giveOneUp(core: Core): void {
  core.composite.receiveNext = (core.composite.receiveNext + 1) | 0
  missed(core, 1)
}

function missed({ globals }: Core, count: number): void {
  globals.messagesMissing = (globals.messagesMissing + count) | 0
}

function dropDuplicate({ globals }: Core): number {
  globals.messagesDuplicate = (globals.messagesDuplicate + 1) | 0
  return Disposition.drop
}
