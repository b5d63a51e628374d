/**
 * Answers questions about virtual cores: reads one JSON object, `{ costs, questions: [...] }`, and prints one for
 * each question. What the harness runs: `node answer.ts < file`.
 */
import { text } from 'node:stream/consumers'
import type { CoreCosts } from './costs.ts'
import { type Baselines, type PredictionQuestion, predict } from './predict.ts'

export type AskedQuestion = Omit<PredictionQuestion, 'costs' | 'direction'>

const { costs, questions } = JSON.parse(await text(process.stdin)) as {
  costs: CoreCosts
  questions: AskedQuestion[]
}
const baselines: Baselines = new Map()
for (const question of questions) {
  const prediction = predict({ ...question, costs, direction: 'send' }, baselines)
  process.stdout.write(`${JSON.stringify({ ...question, ...prediction })}\n`)
}
