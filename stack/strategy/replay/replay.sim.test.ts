import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LogError } from '../../dominoes/log/error.ts'
import { LogWriter } from '../../dominoes/log/writer.ts'
import { readLoggedRequests } from './logged-requests.ts'
import { pinDivergence, replayStackLog } from './replay-stack.ts'
import { stackLogShape } from './stack-log.ts'
import { faultIndex, openFaultyMachine } from './testing/faulty-machine.ts'
import { recordTransfer } from './testing/recorded-transfer.ts'

/** `make soak` replays the logs of many more transfers. */
const seeds = process.env.SOAK === undefined ? 12 : 400

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dominoes-replay-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function record(seed: number, replicas: number, name = `seed-${seed}`): string {
  const path = join(folder, name)
  recordTransfer(path, seed, replicas)
  return path
}

describe('the log of a simulated transfer', () => {
  it('replays to the recorded digests at any number of replicas', { timeout: 600_000 }, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const path = record(seed, seed % 4)
      const digests = new Set<number>()
      for (const replicas of [1, 2, 3, 4, 8]) {
        const report = await replayStackLog(path, { replicas, threads: false })
        expect({ seed, divergences: report.divergences, lack: report.lack }).toEqual({
          seed,
          divergences: 0,
          lack: '',
        })
        digests.add(report.digestsCompared / replicas)
        expect(report.requests).toBeGreaterThan(0)
      }
      expect(digests.size).toBe(1)
      rmSync(path)
    }
  })

  it('tells its requests by name', () => {
    const path = record(3, 2)
    const { requests, lines } = readLoggedRequests(path, 0, 1000)
    expect(requests[0]).toMatchObject({ index: 0, kind: 'connect' })
    const synAck = requests.find(({ header }) => header?.flags === 'SYN ACK')
    expect(synAck?.header).toMatchObject({
      format: 'tcp',
      ipSource: '10.0.0.2',
      ipDestination: '10.0.0.1',
      sourcePort: 4000,
    })
    expect(lines.some((line) => line.includes('tcp 10.0.0.2:4000 to 10.0.0.1:'))).toBe(true)
    expect(requests.map(({ index }) => index)).toEqual(requests.map((_, k) => k))
  })
})

describe('machines that differ from some request on', () => {
  let path: string
  beforeAll(() => {
    path = record(3, 2, 'to-pin')
  })

  it('are found at that request, with the field that differs', () => {
    const pinned = pinDivergence(path, 32, 48, 3, openFaultyMachine)
    expect(pinned?.index).toBe(faultIndex)
    expect(pinned?.request).toMatch(/^request 44 at /)
    expect(pinned?.differences).toMatchObject([{ record: 'connection 0', field: 'cwnd', isLive: true }])
  })

  it('are not found if there are none', () => {
    expect(pinDivergence(path, 0, 64, 3)).toBeUndefined()
  })
})

describe('a log that no stack wrote', () => {
  it('is refused with its reason', async () => {
    const path = join(folder, 'other')
    const description = JSON.stringify({ domain: 'ledger' })
    const writer = new LogWriter(path, { shape: stackLogShape, firstIndex: 0, digestStride: 0, description })
    writer.appendEnd(0, 0)
    writer.close()
    const error = (await replayStackLog(path, { replicas: 1, threads: false }).catch((e) => e)) as LogError
    expect(error.reason).toBe("the log does not describe a TCP/IP stack: it is of the domain 'ledger'")
    expect(error.remedy).toMatch(/^name a log that a stack recorded/)
  })

  it('is refused if its machine cannot be built', async () => {
    const path = join(folder, 'unbuildable')
    const description = JSON.stringify({ domain: 'tcp-ip', machine: { segmentCount: 3 } })
    const writer = new LogWriter(path, { shape: stackLogShape, firstIndex: 0, digestStride: 0, description })
    writer.close()
    const error = (await replayStackLog(path, { replicas: 1, threads: false }).catch((e) => e)) as LogError
    expect(error.reason).toMatch(/^the log does not describe a TCP\/IP stack: /)
  })

  it('is an error unless what there is will do, if it breaks off', async () => {
    const path = join(folder, 'broken')
    const machine = await describedMachine()
    const description = JSON.stringify({ domain: 'tcp-ip', machine })
    const writer = new LogWriter(path, { shape: stackLogShape, firstIndex: 0, digestStride: 0, description })
    writer.close()
    const error = (await replayStackLog(path, { replicas: 2, threads: false }).catch((e) => e)) as LogError
    expect(error.reason).toBe('the log breaks off after 0 records: it has no end record')
    const report = await replayStackLog(path, { replicas: 2, threads: false, partial: true })
    expect(report).toMatchObject({ requests: 0, divergences: 0, lack: error.reason })
  })
})

async function describedMachine() {
  const path = record(5, 1, 'described')
  const { description } = await replayStackLog(path, { replicas: 1, threads: false })
  return description.machine
}
