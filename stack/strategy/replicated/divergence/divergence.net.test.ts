/** A running stack whose replicas differ: somebody changes a word of one replica's state behind its back. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closeDescriptors, type DescriptorDeviceHandle } from '../../../device/kernel/descriptor-device.ts'
import { setInterfaceUp } from '../../../device/kernel/interface-request.ts'
import { enterNewNetworkNamespace } from '../../../device/kernel/network-namespace.ts'
import { openTap } from '../../../device/kernel/tap.ts'
import { MailWord, mailWords, Request } from '../../../protocol/requests.ts'
import { globalRecord } from '../../../protocol/state/globals.ts'
import { resolveOptions } from '../../../socket/options.ts'
import { stateOf } from '../../layout/stack-layout.ts'
import { pinDivergence, replayStackLog } from '../../replay/replay-stack.ts'
import type { RunningStack } from '../../running/running-stack.ts'
import { startStack } from '../../running/start.ts'
import { strategyOf } from '../../strategies.ts'
import type { DivergenceDump } from './dump.ts'
import { DivergenceError } from './error.ts'

const digestStride = 16
const ticksBefore = 100

describe('a stack of which one replica was changed', () => {
  let leave: () => void
  let tap: DescriptorDeviceHandle
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dominoes-divergence-'))
    leave = enterNewNetworkNamespace()
    tap = openTap({ name: 'diverging0', mtuBytes: 1500 })
    setInterfaceUp('diverging0')
  })
  afterEach(() => {
    closeDescriptors(tap)
    leave()
    rmSync(folder, { recursive: true })
  })

  async function diverge(changed: number, isRecorded: boolean, replicas = 2) {
    const recordPath = join(folder, 'channel.log')
    const parameters = resolveOptions({
      strategy: { kind: 'replicated', replicas },
      device: { kind: 'tap', name: tap.name, descriptor: tap.fd, capabilities: tap.capabilities },
      address: '10.77.0.1/24',
      idle: { kind: 'park' },
      connectionCount: 4,
      // One replica is compared with a witness, which follows it through the first stride for sure.
      digestStride: replicas === 1 ? 1024 : digestStride,
      dumpDirectory: folder,
      ...(isRecorded ? { recordPath } : {}),
    })
    const layout = strategyOf(parameters).plan(parameters)
    const stack = await startStack(parameters)
    try {
      await post(stack, ticksBefore)
      // The first replica has applied them, and so have all others.
      const haveApplied = () =>
        (stack.report().protocol.requests as number) >= ticksBefore &&
        stack.application.hasPassed(ticksBefore - 1)
      while (!haveApplied()) await sleep(1)
      const state = stateOf(stack.application.region, layout, changed)
      state[globalRecord.offsets.icmpCount] = 7
      while (stack.failure === undefined) await post(stack, 1)
      const { failure } = stack
      expect(failure).toBeInstanceOf(DivergenceError)
      const path = (failure as DivergenceError).dumpPath
      const text = readFileSync(path, 'utf8')
      const dump = JSON.parse(readFileSync(path.replace(/txt$/, 'json'), 'utf8')) as DivergenceDump
      await expect(stack.settle()).rejects.toBe(failure)
      expect(stack.report().note).toBe(failure?.message)
      return { failure: failure as DivergenceError, dump, text, recordPath }
    } finally {
      await stack.stop()
    }
  }

  test('stops, and its dump names requests and field; its log replays, for the recorded replica was right', async () => {
    const { failure, dump, text, recordPath } = await diverge(1, true)
    expect(dump).toMatchObject({ replica: 1, reference: 0 })
    expect(dump.fromIndex).toBeGreaterThanOrEqual(ticksBefore - digestStride)
    expect(dump.untilIndex - dump.fromIndex).toBe(digestStride)
    expect(dump.positions[0]).toBe(dump.positions[1])
    expect(dump.differences).toEqual([
      { record: 'globals', field: 'icmpCount', meaning: expect.any(String), isLive: true, values: [0, 7] },
    ])
    expect(dump.requests).toHaveLength(digestStride)
    expect(dump.requests.map(({ index }) => index)).toEqual(
      Array.from({ length: digestStride }, (_, k) => dump.fromIndex + k),
    )
    expect(failure.message).toContain('globals: icmpCount (ICMP errors sent in it) is 0 and 7')
    expect(text).toContain(`request ${dump.fromIndex} at `)
    const replayed = await replayStackLog(recordPath, { replicas: 2 })
    expect(replayed).toMatchObject({ divergences: 0, lack: '' })
    expect(replayed.requests).toBe(dump.positions[0])
  })

  test('has a log that does not replay if the recorded replica was wrong', async () => {
    const { dump, recordPath } = await diverge(0, true)
    expect(dump.differences[0]?.values).toEqual([7, 0])
    expect(dump.judgement).toBe('Applied alone, the log leads to the digest of replica 1.')
    const { firstDivergence } = await replayStackLog(recordPath, { replicas: 2 })
    expect(firstDivergence).toMatchObject({ lastEqualMark: dump.fromIndex, mark: dump.untilIndex })
    expect(pinDivergence(recordPath, dump.fromIndex, dump.untilIndex, 2)).toBeUndefined()
  })

  test('stops though it has one replica only, which its witness contradicts', async () => {
    const { failure, dump } = await diverge(0, true, 1)
    expect(failure.message).toContain('the witness differs from replica 0')
    expect(dump).toMatchObject({ replica: 1, reference: 0, fromIndex: 0 })
    expect(dump.differences.find(({ field }) => field === 'icmpCount')?.values).toEqual([7, 0])
  })

  test('has no more than the ring without a log, and says so', async () => {
    const { dump } = await diverge(1, false)
    expect(dump.requestsNote).toMatch(/^\d+ of 16 are still in the ring\.$/)
    expect(dump.differences[0]?.field).toBe('icmpCount')
  })
})

async function post(stack: RunningStack, ticks: number): Promise<void> {
  const tick = new Int32Array(mailWords)
  tick[MailWord.kind] = Request.tick
  for (let posted = 0; posted < ticks; ) {
    if (stack.application.mailbox.tryPostRecord(tick)) posted += 1
    else await sleep(1)
    stack.application.wake()
  }
  await sleep(0)
}
