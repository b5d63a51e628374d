/** Whether a measure stays within a limit in every cell, and was taken over anything at all. Pure. */
import type { AtMostRule } from '../matrix/measure-rules.ts'
import { formatNumber } from '../measure/format.ts'
import { type MeasureName, measureOf } from '../measure/measures.ts'
import type { Interval } from '../statistics/interval.ts'
import { nameAmong } from './cell-name.ts'
import type { JudgedCell, Judgement } from './judgement.ts'

type Finding = 'within' | 'unclear' | 'beyond'

export function judgeByLimit(rule: AtMostRule, cells: readonly JudgedCell[]): Judgement {
  const { title, unit } = measureOf(rule.measure)
  const judged = cells.map((cell) => {
    const name = nameAmong(cell.factors, cells)
    const value = numberOf(cell, rule.measure)
    const over = numberOf(cell, rule.over)
    if (value === null || over === null || over.low <= 0) {
      return { finding: 'unclear', words: `${name}: nothing was compared.` }
    }
    const basis = `${inFull(over)} ${measureOf(rule.over).unit}`
    const words = `${name}: ${title.toLowerCase()} ${inFull(value)} over ${basis}; at most ${rule.limit} ${unit} allowed.`
    return { finding: findingOf(rule, value), words }
  })
  const failed = cells.reduce((sum, cell) => sum + cell.failed, 0)
  const reasons = judged.map(({ words }) => words)
  if (failed > 0) reasons.push(`${failed} samples failed.`)
  const count = (finding: Finding) => judged.filter((each) => each.finding === finding).length
  if (count('beyond') === judged.length) return { verdict: 'not reproduced', reasons }
  if (count('beyond') > 0 && count('within') > 0) return { verdict: 'partly', reasons }
  return { verdict: failed > 0 || count('unclear') > 0 ? 'cannot tell here' : 'reproduced', reasons }
}

function findingOf({ limit }: AtMostRule, { low, high }: Interval): Finding {
  if (high <= limit) return 'within'
  return low > limit ? 'beyond' : 'unclear'
}

/** A sum has no interval. Null for a distribution, too, which is no number. */
export function numberOf({ measures }: JudgedCell, name: MeasureName): Interval | null {
  const value = measures?.[name] ?? null
  if (typeof value === 'number') return { median: value, low: value, high: value }
  return value !== null && 'median' in value ? value : null
}

/** In full where it is one number: whether it is 0 or 0.001 decides. */
function inFull({ median, low, high }: Interval): string {
  if (low === high) return median.toLocaleString('en-US')
  return `${formatNumber(median)} (${formatNumber(low)} … ${formatNumber(high)})`
}
