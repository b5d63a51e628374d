/** The sets of microprotocols that cells name. Each adds state to the one before it; `reliable` is beside them. Pure. */
import type { MicroprotocolName } from '../../stack/index.ts'

const ordered = ['numbering', 'ordering'] as const
const orderedReliable = [...ordered, 'reliability'] as const

export const microprotocolSets = {
  none: [],
  ordered,
  reliable: ['numbering', 'reliability'],
  'ordered-reliable': orderedReliable,
  'ordered-reliable-congestion': [...orderedReliable, 'congestion'],
} as const satisfies Readonly<Record<string, readonly MicroprotocolName[]>>

export type MicroprotocolSet = keyof typeof microprotocolSets

export const microprotocolSetNames = Object.keys(microprotocolSets) as MicroprotocolSet[]

/** `ordered-reliable` → `ordered, reliable` */
export function describeMicroprotocols(set: MicroprotocolSet): string {
  return set === 'none' ? 'no microprotocols' : set.replaceAll('-', ', ')
}
