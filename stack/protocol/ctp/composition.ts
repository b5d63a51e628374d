/**
 * Which microprotocols a composite may have. A set is a number, the sum of its bits; one that makes no sense is refused,
 * with the reason and what to do.
 */
import { MicroprotocolBit } from '../../wire/ctp.ts'
import type { Core } from '../state/core.ts'
import { congestion } from './congestion.ts'
import type { Microprotocol } from './microprotocol.ts'
import { numbering } from './numbering.ts'
import { ordering } from './ordering.ts'
import { reliability } from './reliability.ts'

export type MicroprotocolName = keyof typeof MicroprotocolBit

/**
 * In the order in which they hear of an event. Reliability comes first: also what numbering drops is acknowledged. Ordering
 * follows numbering, which has dropped duplicates by then.
 */
const known: Readonly<Record<MicroprotocolName, Microprotocol<Core>>> = {
  reliability,
  numbering,
  ordering,
  congestion,
}

export const microprotocolNames = Object.keys(known) as readonly MicroprotocolName[]

/** What a microprotocol cannot do without, and why. */
const needs: readonly (readonly [MicroprotocolName, MicroprotocolName, string])[] = [
  ['ordering', 'numbering', 'without numbers nobody knows which message comes first'],
  ['reliability', 'numbering', 'without numbers nobody can say which message arrived'],
  ['congestion', 'reliability', 'without acknowledgments nobody knows how many messages are in flight'],
]

/** Why there is no such composite; undefined: there is. */
export function refusalOf(names: readonly string[]): string | undefined {
  const stranger = names.find((name) => !(name in known))
  if (stranger !== undefined) {
    return `there is no microprotocol "${stranger}": name some of ${microprotocolNames.join(', ')}`
  }
  for (const [name, needed, reason] of needs) {
    if (names.includes(name) && !names.includes(needed)) {
      return `${name} needs ${needed}, since ${reason}: add "${needed}", or leave "${name}" out`
    }
  }
  return undefined
}

/** The number of a set. Throws RangeError for one that makes no sense. */
export function composeMicroprotocols(names: readonly MicroprotocolName[]): number {
  const refusal = refusalOf(names)
  if (refusal !== undefined) throw new RangeError(refusal)
  return names.reduce((bits, name) => bits | MicroprotocolBit[name], 0)
}

function namesIn(bits: number): MicroprotocolName[] {
  return microprotocolNames.filter((name) => (bits & MicroprotocolBit[name]) !== 0)
}

/** The microprotocols of each set that makes sense, by its number. */
const sets: readonly (readonly Microprotocol<Core>[] | undefined)[] = Array.from(
  { length: 2 ** microprotocolNames.length },
  (_, bits) => {
    const names = namesIn(bits)
    return refusalOf(names) === undefined ? names.map((name) => known[name]) : undefined
  },
)

export function isComposition(bits: number): boolean {
  return sets[bits] !== undefined
}

/** The microprotocols of the composite at hand. */
export function microprotocolsOf({ composite }: Core): readonly Microprotocol<Core>[] {
  return sets[composite.microprotocols] as readonly Microprotocol<Core>[]
}
