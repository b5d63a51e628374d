/** From a cell's factors to the stack that has them: the one place where the matrix's words become the stack's options. */
import type { StackSpec } from '../agent/transfer-spec.ts'
import { HarnessError } from '../error.ts'
import type { Factors } from '../matrix/factors.ts'

/** `address` is the stack's own, in CIDR notation. Throws HarnessError for what no stack does. */
export function stackSpecOf(factors: Factors, address: string): StackSpec {
  const { verification, idle, slotCount } = factors
  return {
    strategy: strategyOf(factors),
    payloadWork: payloadWorkOf(factors),
    address,
    ...present({ verification, idle, slotCount }),
    ...(factors.digests === 'off' ? { digestStride: 0 } : {}),
  }
}

/** How many queues the TAP of such a stack has: one for each replica that is to have its own. */
export function tapQueuesOf({ reader, replicas = 1 }: Factors): number {
  return reader === 'per-queue' ? replicas : 1
}

function strategyOf(factors: Factors): StackSpec['strategy'] {
  const { strategy, replicas = 1, claim, chunk, ownership, emission, reader, lock } = factors
  switch (strategy) {
    case 'sequential':
      return { kind: strategy }
    case 'replicated':
      return { kind: strategy, replicas, ...present({ claim, chunk, ownership, emission, reader }) }
    case 'locked':
      return { kind: strategy, workers: replicas, ...present({ lock }) }
    case 'sharded':
    case 'pipelined':
      return { kind: strategy, workers: replicas }
    case 'linux':
      throw new HarnessError('Strategy "linux" is the kernel’s own stack, not ours.', 'Report this defect.')
  }
}

function payloadWorkOf({ payloadWork = 'checksum' }: Factors): StackSpec['payloadWork'] {
  if (payloadWork !== 'none' && payloadWork !== 'digest') return payloadWork
  throw new HarnessError(`Payload work "${payloadWork}" is not implemented.`, 'Use checksum, copy or cipher.')
}

type Present<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

/** The fields that have a value: an absent factor leaves the stack its default. */
function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Present<Fields>
}
