/**
 * Answers questions about virtual cores: reads one JSON line, `{ costs, cores, questions: [...] }`, and prints one for
 * each question. What the harness runs: `node answer.ts < file`.
 */
import { text } from 'node:stream/consumers'
import type { StrategyOption } from '../../strategy/options.ts'
import type { CoreCosts } from './costs.ts'
import { type Baselines, predict } from './predict.ts'

interface Question {
  readonly strategy: StrategyOption
  readonly payloadWork: 'copy' | 'checksum' | 'cipher'
  /** Processors for everybody. */
  readonly cores: number
  readonly seed: number
  readonly draws: number
}

const { costs, questions } = JSON.parse(await text(process.stdin)) as {
  costs: CoreCosts
  questions: Question[]
}
const baselines: Baselines = new Map()
for (const question of questions) {
  const prediction = predict({ ...question, costs, direction: 'send' }, baselines)
  process.stdout.write(`${JSON.stringify({ ...question, ...prediction })}\n`)
}
