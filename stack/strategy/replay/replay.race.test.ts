import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pinDivergence, replayStackLog } from './replay-stack.ts'
import { faultIndex, openFaultyMachine } from './testing/faulty-machine.ts'
import { recordTransfer } from './testing/recorded-transfer.ts'

const stride = 16

describe('the log of a simulated transfer, on threads', () => {
  let folder: string
  let path: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dominoes-replay-'))
    path = join(folder, 'channel.log')
    recordTransfer(path, 3, 2)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([1, 2, 3])('replays at %i replicas as on one thread', async (replicas) => {
    const here = await replayStackLog(path, { replicas, threads: false })
    const report = await replayStackLog(path, { replicas })
    expect({ ...report, micros: 0 }).toEqual({ ...here, micros: 0 })
    expect(report.divergences).toBe(0)
  })

  it('shows a replica that goes wrong, and the search shows where', async () => {
    const threadFile = new URL('./testing/faulty-thread.ts', import.meta.url)
    const { firstDivergence } = await replayStackLog(path, { replicas: 3, threadFile })
    const lastEqualMark = Math.floor(faultIndex / stride) * stride
    expect(firstDivergence).toMatchObject({ replica: 1, lastEqualMark, mark: lastEqualMark + stride })
    const pinned = pinDivergence(path, lastEqualMark, lastEqualMark + stride, 3, openFaultyMachine)
    expect(pinned?.index).toBe(faultIndex)
  })
})
