/** Whether a measure stays within a limit in every cell, and was taken over anything at all. Pure. */
import type { AtMostRule } from '../../matrix/measure-rules.ts'
import { formatNumber } from '../../measure/format.ts'
import { isRate, measureOf } from '../../measure/measures.ts'
import type { Interval } from '../../statistics/interval.ts'
import { nameAmong } from '../cell-name.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds, remarksOnSamples } from '../few-rounds.ts'
import { type JudgedCell, type Judgement, numberOf } from '../judgement.ts'

export function judgeByLimit(rule: AtMostRule, cells: readonly JudgedCell[]): Judgement {
  const { title, unit } = measureOf(rule.measure)
  const judged = cells.map((cell): { finding: Finding; words: string } => {
    const name = nameAmong(cell.factors, cells)
    const value = numberOf(cell, rule.measure)
    const over = numberOf(cell, rule.over)
    if (value === null || over === null || over.low <= 0) {
      return { finding: 'unclear', words: `${name}: nothing was compared.` }
    }
    const basis = `${inFull(over)} ${measureOf(rule.over).unit}`
    const words = `${name}: ${title.toLowerCase()} ${inFull(value)} over ${basis}; at most ${rule.limit} ${unit} allowed`
    // A sum or a count is what it is, however few samples it is of.
    if (isRate(rule.measure) && cell.samples < fewestRounds) {
      return { finding: 'unclear', words: `${words}; there are fewer than ${fewestRounds} rounds.` }
    }
    return { finding: findingOf(rule, value), words: `${words}.` }
  })
  const failed = cells.reduce((sum, cell) => sum + cell.failed, 0)
  const reasons = judged.map(({ words }) => words)
  if (isRate(rule.measure)) {
    reasons.push(...remarksOnSamples(cells.filter((cell) => numberOf(cell, rule.measure) !== null)))
  }
  if (failed > 0) reasons.push(`${failed} samples failed.`)
  const findings = judged.map(({ finding }) => finding)
  return conclude(findings, reasons, { isOnEvery: true, failed })
}

function findingOf({ limit }: AtMostRule, { low, high }: Interval): Finding {
  if (high <= limit) return 'as claimed'
  return low > limit ? 'otherwise' : 'unclear'
}

/** In full where it is one number: whether it is 0 or 0.001 decides. */
function inFull({ median, low, high }: Interval): string {
  if (low === high) return median.toLocaleString('en-US')
  return `${formatNumber(median)} (${formatNumber(low)} … ${formatNumber(high)})`
}
