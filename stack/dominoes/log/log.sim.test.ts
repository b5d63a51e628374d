import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  FaultyDomain,
  openRegister,
  recordRun,
  registerShape,
  registerStride,
} from '../testing/recorded-world.ts'
import { LogError } from './error.ts'
import { LogTag, logHeaderBytes, logRecordWords } from './layout.ts'
import { LogReader } from './reader.ts'
import { replayHere } from './replay.ts'
import { findFirstDifference } from './search.ts'
import { LogWriter, makeLogFile } from './writer.ts'

const recordBytes = logRecordWords(registerShape) * 4
const starts = [
  { name: 'at 0', index: 0, action: 0, time: 0 },
  { name: 'at 2^31', index: 0x7ffffff3, action: 0x7fffffe1, time: 0x7fffff00 },
  { name: 'at 2^32', index: -7, action: -21, time: -500 },
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dominoes-log-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function withReader<T>(path: string, use: (reader: LogReader) => T): T {
  const reader = new LogReader(path)
  try {
    return use(reader)
  } finally {
    reader.close()
  }
}

const replay = (path: string, replicas: number) =>
  withReader(path, (reader) =>
    replayHere(reader, replicas, (words) => openRegister(words, reader.header.description)),
  )

describe.each(starts)('a recorded run that starts $name', (start) => {
  const runs = [1, 2, 3].flatMap((replicas) =>
    Array.from({ length: 5 }, (_, k) => ({ replicas, seed: replicas * 100 + k })),
  )

  it.each(runs)('of $replicas replicas replays at any number of them (seed $seed)', ({ replicas, seed }) => {
    const path = join(folder, `run-${seed}`)
    const requests = 300
    recordRun({ path, seed, replicas, requests, start })
    for (const again of [1, 2, 3, 4, 8]) {
      const report = replay(path, again)
      expect(report).toMatchObject({ requests, divergences: 0, isWhole: true })
      const first = start.index | 0
      const marks = Math.floor((first + requests) / registerStride) - Math.floor(first / registerStride)
      expect(report.digestsCompared).toBe(again * (marks + 1))
    }
  })
})

describe('a recorded run of which replica 0 is removed', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))('goes on with the next (seed %i)', (seed) => {
    const path = join(folder, `removed-${seed}`)
    const requests = 300
    recordRun({
      path,
      seed,
      replicas: 2 + (seed % 2),
      requests,
      start: { index: -9 },
      removeAfter: 100 + seed,
    })
    const report = replay(path, 2)
    expect(report).toMatchObject({ requests, divergences: 0, isWhole: true })
    // From -8 to 288, and the end.
    expect(report.digestsCompared).toBe(2 * 76)
  })
})

describe('a log', () => {
  let path: string
  let requests: number
  beforeAll(() => {
    path = join(folder, 'log')
    requests = 20_000
    recordRun({ path, seed: 1, replicas: 2, requests, start: { index: 0, action: 0, time: 0 } })
  })

  const changed = (name: string, change: (bytes: Buffer) => void): string => {
    const copy = join(folder, name)
    const bytes = readFileSync(path)
    change(bytes)
    writeFileSync(copy, bytes)
    return copy
  }
  const failure = (use: () => unknown): LogError => {
    try {
      use()
    } catch (error) {
      if (error instanceof LogError) return error
      throw error
    }
    throw new Error('nothing was thrown')
  }

  it('holds every request in order, and the digests behind them', () => {
    withReader(path, (reader) => {
      let count = 0
      let marks = 0
      for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
        if (tag === LogTag.request) count += 1
        if (tag === LogTag.mark) marks += 1
      }
      expect([count, marks, reader.isWhole, reader.hasEnd]).toEqual([
        requests,
        requests / registerStride,
        true,
        true,
      ])
      expect(reader.recordCount).toBe(count + marks + 1)
    })
  })

  it('that is cut off within a record is replayed up to its last whole one, and says what it lacks', () => {
    const cut = join(folder, 'cut')
    copyFileSync(path, cut)
    truncateSync(cut, logHeaderBytes(64) + 1000 * recordBytes + 10)
    withReader(cut, (reader) => {
      const report = replayHere(reader, 2, (words) => openRegister(words, reader.header.description))
      expect(report).toMatchObject({ requests: 800, divergences: 0, isWhole: false })
      expect(report.digestsCompared).toBe(2 * 200)
      expect(reader.hasEnd).toBe(false)
      expect(reader.lack).toBe(
        'the log breaks off after 1000 records, and 10 bytes of another: it has no end record',
      )
    })
  })

  it('that is cut off within its header is refused', () => {
    const cut = join(folder, 'short')
    copyFileSync(path, cut)
    truncateSync(cut, 130)
    expect(failure(() => new LogReader(cut)).reason).toBe('the log breaks off in its header')
    truncateSync(cut, 100)
    expect(failure(() => new LogReader(cut)).reason).toBe('this is not the log of a channel')
  })

  it('is refused by name, reason and remedy if it is missing, something else, or of another version', () => {
    const missing = failure(() => new LogReader(join(folder, 'nowhere')))
    expect(missing.message).toMatch(/nowhere: the log cannot be read: ENOENT.*\n {2}→ check the path/)
    const other = changed('other', (bytes) => bytes.writeInt32LE(7, 0))
    expect(failure(() => new LogReader(other)).reason).toBe('this is not the log of a channel')
    const version = changed('version', (bytes) => bytes.writeInt32LE(99, 8))
    expect(failure(() => new LogReader(version)).reason).toBe(
      'the log has version 99, and only 1 can be read',
    )
    const header = changed('header', (bytes) => bytes.writeInt32LE(999, 16))
    expect(failure(() => new LogReader(header)).reason).toBe('the header of the log is damaged')
  })

  it.each([
    { what: 'a tag', word: 0 },
    { what: 'an index', word: 1 },
    { what: 'a time', word: 3 },
    { what: 'the last word', word: recordBytes / 4 - 1 },
  ])('with $what changed is damaged, not divergent', ({ word }) => {
    const at = logHeaderBytes(64) + 5 * recordBytes + word * 4
    const damaged = changed('damaged', (bytes) => bytes.writeInt32LE(bytes.readInt32LE(at) ^ 64, at))
    expect(failure(() => replay(damaged, 1)).reason).toMatch(/^the log is damaged at or before byte \d+/)
  })

  it('for which there is no room says so', () => {
    const header = { shape: registerShape, firstIndex: 0, digestStride: 0, description: '' }
    const error = failure(() => new LogWriter('/dev/full', header))
    expect(error.message).toMatch(/^\/dev\/full: the log cannot be written: ENOSPC.*\n {2}→ make room/)
    expect(failure(() => makeLogFile(join(folder, 'no', 'folder'))).reason).toMatch(/ENOENT/)
  })

  it('with another digest is a divergence, named by the marks around it', () => {
    const mark = 100
    const record = mark + mark / registerStride - 1
    const at = logHeaderBytes(64) + record * recordBytes + 8
    const differing = changed('differing', (bytes) => bytes.writeInt32LE(bytes.readInt32LE(at) ^ 1, at))
    const report = replay(differing, 2)
    expect(report.divergences).toBe(2)
    expect(report.firstDivergence).toMatchObject({ replica: 0, lastEqualMark: mark - registerStride, mark })
  })
})

describe('a replica that goes wrong in a replay', () => {
  const afterRequests = 137
  let path: string
  beforeAll(() => {
    path = join(folder, 'faulty')
    recordRun({ path, seed: 1, replicas: 2, requests: 400, start: { index: -50, action: 0, time: 0 } })
  })

  const open = (words: Int32Array, description: string, isFaulty: boolean) => {
    const domain = openRegister(words, description)
    return new FaultyDomain(domain, isFaulty ? afterRequests : -1, () => {
      domain.state[9] = ~(domain.state[9] as number)
    })
  }

  it('is found between two marks', () => {
    const report = withReader(path, (reader) =>
      replayHere(reader, 3, (words, id) => open(words, reader.header.description, id === 1)),
    )
    expect(report.divergences).toBeGreaterThan(0)
    // The 137th request has index 86.
    expect(report.firstDivergence).toMatchObject({ replica: 1, lastEqualMark: 84, mark: 88 })
  })

  it('is found at the exact request', () => {
    const found = withReader(path, (reader) => {
      const words = new Int32Array(256)
      const domains = [false, false, true].map((faulty) => open(words, reader.header.description, faulty))
      return findFirstDifference(reader, words, 0, domains, 84, 88)
    })
    expect(found).toEqual({ index: 86, domain: 2 })
  })

  it('is not found where there is none', () => {
    const found = withReader(path, (reader) => {
      const words = new Int32Array(256)
      const domains = [false, false].map((faulty) => open(words, reader.header.description, faulty))
      return findFirstDifference(reader, words, 0, domains, -50, 350)
    })
    expect(found).toBeUndefined()
  })
})
