/** A cell as rules are given it, of which nothing but its samples is known. Imported by tests only. */
import type { JudgedCell } from '../judgement.ts'

export function judgedCell(changes: Pick<JudgedCell, 'factors'> & Partial<JudgedCell>): JudgedCell {
  return {
    samples: 9,
    void: 0,
    failed: 0,
    speedupOverSequential: null,
    roundsCompared: 0,
    speedupCoverage: 0,
    disturbances: 0,
    gapMillis: null,
    digestsCompared: 0,
    divergences: 0,
    cost: null,
    predicted: null,
    ...changes,
  }
}
