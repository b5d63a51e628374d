/** Opening records in the action queue; the caller made sure that there is room. */
import { FrameWord, transmitsFrame, UpcallWord } from '../actions.ts'
import type { Core } from './core.ts'

/** Opens an action record of `kind` and returns its word offset. */
export function emitAction(core: Core, kind: number): number {
  const { globals } = core
  const at = core.actions.push(kind, globals.actionNumber)
  globals.actionNumber = (globals.actionNumber + 1) | 0
  if (transmitsFrame(kind)) {
    core.actions.words[at + FrameWord.frameNumber] = globals.frameNumber
    globals.frameNumber = (globals.frameNumber + 1) | 0
  }
  return at
}

/**
 * Opens an action that carries an upcall: `deliver` or `upcall`. Returns its word offset; the caller fills the fields that
 * this `Upcall` has.
 */
export function emitUpcall(core: Core, action: number, upcall: number, connection: number): number {
  const { globals } = core
  const at = emitAction(core, action)
  const { words } = core.actions
  words[at + UpcallWord.upcallNumber] = globals.upcallNumber
  words[at + UpcallWord.upcall] = upcall
  words[at + UpcallWord.connection] = connection
  globals.upcallNumber = (globals.upcallNumber + 1) | 0
  return at
}
