/** How a judged cell is named in a sentence: by its kind of communication, which is all factors but strategy and replicas. Pure. */
import { describeFactors, varying } from '../matrix/factor-words.ts'
import { factorNames } from '../matrix/factors.ts'
import type { JudgedCell } from './judgement.ts'

/** The words that distinguish a cell's kind of communication from those of the other judged cells. */
export function communicationOf(
  { factors }: Pick<JudgedCell, 'factors'>,
  judged: readonly Pick<JudgedCell, 'factors'>[],
): string {
  const others = factorNames.filter(
    (name) => name !== 'strategy' && name !== 'replicas' && name !== 'payloadWork',
  )
  const all = judged.map((cell) => cell.factors)
  return describeFactors(factors, ['payloadWork', ...varying(others, all)])
}
