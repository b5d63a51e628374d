import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeRun } from '../testing/fake-run.ts'
import { machine, temporaryFolder } from '../testing/fixtures.ts'
import { effortOf } from './effort.ts'
import type { Manifest } from './manifest.ts'

const beginning = Date.parse('2026-01-02T03:04:05.000Z')

/** A run whose samples begin every `seconds`, after the seventh an hour later. */
async function writeRun(
  reports: string,
  name: string,
  profile: 'full' | 'quick',
  seconds: number,
  changes: Partial<Manifest> = {},
) {
  const pause = (order: number) => (order > 7 ? 3_600_000 : 0)
  const startedAt = (order: number) =>
    new Date(beginning + order * seconds * 1000 + pause(order)).toISOString()
  const run = fakeRun({
    manifest: { run: name, profile, ...changes },
    sample: (sample) => ({ ...sample, startedAt: startedAt(sample.order) }),
  })
  const folder = join(reports, 'runs', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(run.manifest))
  await writeFile(
    join(folder, 'samples.ndjson'),
    run.samples.map((each) => `${JSON.stringify(each)}\n`).join(''),
  )
}

test('what an experiment takes is told by its newest run of the profile, pauses left out', async () => {
  const reports = await temporaryFolder()
  await writeRun(reports, '2026-01-01', 'quick', 9)
  await writeRun(reports, '2026-01-02', 'quick', 3)
  await writeRun(reports, '2026-01-03', 'full', 5)
  const effort = await effortOf(reports, 'small', 'quick', machine)
  expect(effort).toMatchObject({ run: '2026-01-02', millisPerSample: 3000 })
  expect(effort?.bytesPerSample).toBeGreaterThan(100)
  expect(await effortOf(reports, 'small', 'full', machine)).toMatchObject({ run: '2026-01-03' })
})

test('else by the newest of the other profile; by none of another machine, and none without it', async () => {
  const reports = await temporaryFolder()
  expect(await effortOf(reports, 'small', 'full', machine)).toBeUndefined()
  await writeRun(reports, '2026-01-01', 'quick', 9)
  expect(await effortOf(reports, 'small', 'full', machine)).toMatchObject({ profile: 'quick' })
  expect(await effortOf(reports, 'other', 'full', machine)).toBeUndefined()
  expect(await effortOf(reports, 'small', 'full', { ...machine, cores: 64 })).toBeUndefined()
})

test('not by a merged run, whose samples were taken on several machines at once', async () => {
  const reports = await temporaryFolder()
  await writeRun(reports, '2026-01-01', 'quick', 9)
  await writeRun(reports, '2026-01-02', 'quick', 3, { mergedFrom: [] })
  expect(await effortOf(reports, 'small', 'quick', machine)).toMatchObject({ run: '2026-01-01' })
})
