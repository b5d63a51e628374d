/**
 * To which cells each factor means something. A factor that a cell's strategy or traffic does not read would give cells
 * that differ in name only, so it is refused. The type makes every factor say it.
 */
import type { Traffic } from './experiment.ts'
import { type FactorName, factorSchemas, type Strategy } from './factors.ts'

export interface Scope {
  readonly strategies: readonly Strategy[]
  readonly traffics: readonly Traffic[]
}

const everyStrategy: readonly Strategy[] = factorSchemas.strategy.options
const stacks = everyStrategy.filter((strategy) => strategy !== 'linux')
const parallel = stacks.filter((strategy) => strategy !== 'sequential')
const transfers: readonly Traffic[] = ['send', 'receive']
const everyTraffic: readonly Traffic[] = [...transfers, 'synthetic']

const replicatedTransfers: Scope = { strategies: ['replicated'], traffics: transfers }
const stackTransfers: Scope = { strategies: stacks, traffics: transfers }
const allTransfers: Scope = { strategies: everyStrategy, traffics: transfers }

export const scopes: Readonly<Record<FactorName, Scope>> = {
  strategy: { strategies: everyStrategy, traffics: everyTraffic },
  topology: { strategies: everyStrategy, traffics: everyTraffic },
  replicas: { strategies: parallel, traffics: everyTraffic },
  payloadWork: stackTransfers,
  claim: replicatedTransfers,
  chunk: replicatedTransfers,
  ownership: replicatedTransfers,
  emission: replicatedTransfers,
  reader: replicatedTransfers,
  digests: replicatedTransfers,
  disturbance: replicatedTransfers,
  verification: stackTransfers,
  idle: stackTransfers,
  lock: { strategies: ['locked'], traffics: transfers },
  // A locked stack has a few slots for each of its threads, whatever a ring would hold.
  slotCount: { strategies: stacks.filter((strategy) => strategy !== 'locked'), traffics: transfers },
  connections: allTransfers,
  workRatio: { strategies: ['sequential', 'replicated'], traffics: ['synthetic'] },
  segmentBytes: allTransfers,
  traffic: allTransfers,
  // The path is the stack's: this machine's kernel need not have an emulator of its own.
  impairment: stackTransfers,
  offload: { strategies: ['linux'], traffics: transfers },
}
