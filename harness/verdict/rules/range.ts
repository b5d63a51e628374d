/**
 * Whether the speed-up over the sequential stack lies in the claimed range. Pure. Each kind of communication (all factors
 * but strategy and replicas) is judged by its best replicated cell of two or more replicas; a machine that is too small
 * can confirm the claim, but not refute it.
 */
import type { SpeedupRange } from '../../matrix/experiment.ts'
import { identifyFactors } from '../../matrix/factors.ts'
import type { Machine } from '../../result/manifest.ts'
import type { Interval } from '../../statistics/interval.ts'
import { communicationOf } from '../communication.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds, rangeOver, remarksOnCoverage } from '../few-rounds.ts'
import type { JudgedCell, Judgement } from '../judgement.ts'

export function judgeByRange(rule: SpeedupRange, cells: readonly JudgedCell[], machine: Machine): Judgement {
  const best = bestByCommunication(cells)
  if (best.length === 0) {
    return {
      verdict: 'cannot tell here',
      reasons: ['No replicated cell could be compared with the sequential stack.'],
    }
  }
  const findings = best.map((cell) => findingOf(rule, cell))
  const reasons = best.map((cell, index) =>
    explain(rule, cell, findings[index] as Finding, communicationOf(cell, best)),
  )
  reasons.push(...remarksOnCoverage(Math.min(...best.map((cell) => cell.speedupCoverage))))
  const cannotRefute =
    machine.cores >= rule.refutableFromCores
      ? undefined
      : `${machine.cores} cores cannot refute the claim: replicas and peer share them, so that one's gain is the other's loss.`
  return conclude(findings, reasons, { cannotRefute })
}

function bestByCommunication(cells: readonly JudgedCell[]): JudgedCell[] {
  const best = new Map<string, JudgedCell>()
  for (const cell of cells) {
    const { strategy, replicas = 0, ...communication } = cell.factors
    if (strategy !== 'replicated' || replicas < 2 || cell.speedupOverSequential === null) continue
    const key = identifyFactors({ strategy, ...communication })
    const leader = best.get(key)?.speedupOverSequential?.median ?? 0
    if (cell.speedupOverSequential.median > leader) best.set(key, cell)
  }
  return [...best.values()]
}

function findingOf(rule: SpeedupRange, cell: JudgedCell): Finding {
  const interval = cell.speedupOverSequential
  if (interval === null || cell.roundsCompared < fewestRounds) return 'unclear'
  if (interval.low >= rule.low) return 'as claimed'
  return interval.high < rule.low ? 'otherwise' : 'unclear'
}

function explain(rule: SpeedupRange, cell: JudgedCell, finding: Finding, communication: string): string {
  const { low, median, high } = cell.speedupOverSequential as Interval
  const { replicas } = cell.factors
  const range = rangeOver(cell.roundsCompared, low.toFixed(2), high.toFixed(2))
  const measured = `${communication}: ${replicas} replicas reach ${median.toFixed(2)} times the sequential stack (${range})`
  const bound = `the claimed ${rule.low.toFixed(2)}`
  if (finding === 'as claimed')
    return `${measured}: at least ${bound}${median > rule.high ? `, and beyond ${rule.high.toFixed(2)}` : ''}.`
  if (finding === 'otherwise') return `${measured}: below ${bound}.`
  return cell.roundsCompared < fewestRounds
    ? `${measured}: fewer than ${fewestRounds} rounds could be compared.`
    : `${measured}: on both sides of ${bound}.`
}
