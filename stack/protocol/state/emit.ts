/** Opening records in the action queue; the caller made sure that there is room. */
import { Action, frameNumberWord, UpcallWord } from '../actions.ts'
import type { Core } from './core.ts'

/** Opens an action record of `kind` and returns its word offset. */
export function emitAction(core: Core, kind: number): number {
  const { globals } = core
  const at = core.actions.push(kind, globals.actionNumber)
  globals.actionNumber = (globals.actionNumber + 1) | 0
  if (kind !== Action.deliver && kind !== Action.upcall) {
    core.actions.words[at + frameNumberWord] = globals.frameNumber
    globals.frameNumber = (globals.frameNumber + 1) | 0
  }
  return at
}

/** Opens an action that carries an upcall: `deliver` or `upcall`. Returns its word offset. */
export function emitUpcall(
  core: Core,
  action: number,
  upcall: number,
  connection: number,
  first: number,
  second: number,
  third: number,
): number {
  const { globals } = core
  const at = emitAction(core, action)
  const { words } = core.actions
  words[at + UpcallWord.upcallNumber] = globals.upcallNumber
  words[at + UpcallWord.upcallKind] = upcall
  words[at + UpcallWord.connection] = connection
  words[at + UpcallWord.first] = first
  words[at + UpcallWord.second] = second
  words[at + UpcallWord.third] = third
  globals.upcallNumber = (globals.upcallNumber + 1) | 0
  return at
}
