import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Auditor, type Divergence } from '../../../dominoes/audit/auditor.ts'
import { Channel } from '../../../dominoes/channel/channel.ts'
import { ActionQueue } from '../../../dominoes/contract/action-queue.ts'
import { LogDomain } from '../../../dominoes/log/domain.ts'
import { LogReader } from '../../../dominoes/log/reader.ts'
import { LogReplayer } from '../../../dominoes/log/replayer.ts'
import { openRegion } from '../../../dominoes/memory/region.ts'
import { initialiseFramework } from '../../../dominoes/replica/framework-layout.ts'
import { openReplica } from '../../../dominoes/replica/open-replica.ts'
import { createMachine } from '../../../protocol/machine.ts'
import { resolveOptions } from '../../../socket/options.ts'
import { stateOf } from '../../layout/stack-layout.ts'
import { parseStackLog } from '../../replay/stack-log.ts'
import { addFault, faultIndex } from '../../replay/testing/faulty-machine.ts'
import { recordTransfer } from '../../replay/testing/recorded-transfer.ts'
import { strategyOf } from '../../strategies.ts'
import { type DescribedStack, describeDivergence, formatDump, writeDump } from './dump.ts'
import { DivergenceError } from './error.ts'
import { stopDiverged } from './stop.ts'

let folder: string
let path: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dominoes-divergence-'))
  path = join(folder, 'channel.log')
  recordTransfer(path, 3, 2)
})
afterAll(() => rmSync(folder, { recursive: true }))

const device = {
  kind: 'tap',
  name: 'none',
  descriptor: -1,
  capabilities: { frameBytes: 1514, virtioHeader: false, checksumOffload: false },
} as const

/** The replicas of a stack apply a recorded transfer; replica 1 goes wrong. `lag`: what replica 0 leaves unapplied. */
function diverge(slotCount: number, lag = 0): DescribedStack {
  const reader = new LogReader(path)
  const { machine } = parseStackLog(path, reader.header)
  const strategy = { kind: 'replicated', replicas: 2 } as const
  const options = {
    strategy,
    device,
    address: '10.0.0.1/24',
    digestStride: reader.header.digestStride,
    slotCount,
  }
  const parameters = { ...resolveOptions(options), machine }
  const layout = strategyOf(parameters).plan(parameters)
  const region = openRegion(new SharedArrayBuffer(layout.sizeBytes))
  initialiseFramework(region, layout.framework)
  const auditor = new Auditor(region, layout.framework.digests, layout.framework.channel)
  const channel = new Channel(region, layout.framework.channel, 2)
  const replayer = new LogReplayer(region, layout.framework, channel, reader)
  const replicas = [0, 1].map((id) => {
    const actions = new ActionQueue(64)
    const state = stateOf(region, layout, id)
    const sound = { actions, ...createMachine(machine, region.words, state, actions) }
    const domain = new LogDomain(id === 1 ? addFault(sound, machine, state) : sound, region.words)
    const claims = { claim: () => false }
    const own = new Channel(region, layout.framework.channel, id)
    return openReplica(region, layout.framework, {
      id,
      domain,
      claims,
      channel: own,
      nowMicros: () => 0,
      batch: 1,
    })
  })
  while (!replayer.isFed) {
    replayer.feed()
    for (const replica of replicas) replica.doWork()
    auditor.audit()
  }
  replayer.close()
  for (const [id, replica] of replicas.entries()) {
    while (((channel.tail - replica.position) | 0) > (id === 0 ? lag : 0)) replica.doWork()
  }
  if (lag === 0) for (const replica of replicas) replica.recordFinalDigest()
  const divergence = auditor.finish().firstDivergence as Divergence
  reader.close()
  return { region, layout, parameters: { machine }, divergence }
}

describe('a replica whose congestion window went wrong', () => {
  const fromIndex = Math.floor(faultIndex / 16) * 16

  it('is described by the requests around, from the log, and by the field', () => {
    const stack = diverge(1024)
    const dump = describeDivergence({ ...stack, parameters: { ...stack.parameters, recordPath: path } })
    expect(dump).toMatchObject({ replica: 1, reference: 0, fromIndex, untilIndex: fromIndex + 16 })
    expect(dump.requests.map(({ index }) => index)).toEqual(
      Array.from({ length: 16 }, (_, k) => fromIndex + k),
    )
    expect(dump.requestsNote).toBe(`16 of 16 are in ${path}.`)
    expect(dump.statesNote).toMatch(/^Both are before request \d+/)
    expect(dump.judgement).toBe('Applied alone, the log leads to the digest of replica 0.')
    expect(dump.differences.some(({ field }) => field === 'cwnd')).toBe(true)
    expect(dump.summary).toMatch(
      `Replicas diverged: replica 1 differs from replica 0 by requests ${fromIndex} to ${fromIndex + 15}.`,
    )
  })

  it('is described by what the ring still has if there is no log', () => {
    const whole = describeDivergence(diverge(1024))
    expect(whole.judgement).toBe('')
    expect(whole.requestsNote).toBe('16 of 16 are still in the ring.')
    expect(whole.requests.map(({ index }) => index)).toEqual(
      Array.from({ length: 16 }, (_, k) => fromIndex + k),
    )
    const little = describeDivergence(diverge(8))
    expect(little.requestsNote).toBe('0 of 16 are still in the ring.')
  })

  it('is described by the ring if the log is of no use', () => {
    const stack = diverge(1024)
    const recordPath = join(folder, 'nowhere')
    const dump = describeDivergence({ ...stack, parameters: { ...stack.parameters, recordPath } })
    expect(dump.requestsNote).toMatch(/^The log did not help: .*nowhere.* 16 of 16 are still in the ring\.$/s)
  })

  it('is told apart from states of different index', () => {
    const dump = describeDivergence(diverge(1024, 5))
    expect((dump.positions[1] as number) - (dump.positions[0] as number)).toBeGreaterThan(0)
    expect(dump.statesNote).toBe('The states are not of the same index, so some differ for that alone.')
  })

  it('is written as text and as JSON', () => {
    const dump = describeDivergence(diverge(1024))
    const text = writeDump(dump, join(folder, 'dumps'))
    expect(readFileSync(text, 'utf8')).toBe(formatDump(dump))
    expect(JSON.parse(readFileSync(text.replace(/txt$/, 'json'), 'utf8'))).toEqual(dump)
    expect(formatDump(dump)).toContain(`\n  request ${fromIndex} at `)
  })

  it('stops the stack also if it cannot be described', async () => {
    const stack = diverge(1024)
    const calls: string[] = []
    const error = await stopDiverged({
      ...stack,
      region: openRegion(new SharedArrayBuffer(128)),
      ended: Promise.resolve(),
      close: () => calls.push('close'),
      terminate: async () => calls.push('terminate'),
    })
    expect(calls).toEqual(['close', 'terminate'])
    expect(error).toBeInstanceOf(DivergenceError)
    expect(error.message).toMatch(/^Replicas 1 and 0 diverged\. It could not be described/)
  })
})
