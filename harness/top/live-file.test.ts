import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../testing/fixtures.ts'
import { paths } from '../topology/node.ts'
import { freshMillis, liveFileName, newestSnapshot, writeMillis } from './live-file.ts'
import { mirrorCounters, sharedFolder } from './mirror.ts'
import { snapshot } from './testing/snapshots.ts'

async function folderWith(...snapshots: ReturnType<typeof snapshot>[]): Promise<string> {
  const folder = await temporaryFolder()
  for (const [k, each] of snapshots.entries()) {
    await writeFile(join(folder, liveFileName(k)), JSON.stringify(each))
  }
  return folder
}

describe('the newest snapshot', () => {
  test('is the last one written, in whatever directory', async () => {
    const folders = [await folderWith(snapshot(1000), snapshot(1200)), await folderWith(snapshot(1100))]
    expect((await newestSnapshot(folders, 1300))?.at).toBe(1200)
  })

  test('is none if all stand still, or there is no directory', async () => {
    const folder = await folderWith(snapshot(1000))
    expect(await newestSnapshot([folder], 1001 + freshMillis)).toBeUndefined()
    expect(await newestSnapshot([`${folder}/gone`])).toBeUndefined()
  })

  test('is never one of another version, or half a file', async () => {
    const folder = await folderWith(snapshot(1000))
    await writeFile(join(folder, liveFileName(8)), '{"version":1,"at":12')
    await writeFile(join(folder, liveFileName(9)), '{"version":2,"at":1250}')
    expect((await newestSnapshot([folder], 1300))?.at).toBe(1000)
  })
})

describe('a mirror', () => {
  test('writes what the stack counts, again and again', async () => {
    const folder = await temporaryFolder()
    vi.useFakeTimers()
    try {
      let bytesSent = 0
      const stack = {
        counters: () => {
          bytesSent += 1
          return snapshot(0, { bytesSent }).counters
        },
      }
      const timer = mirrorCounters(stack, 'a stack', folder)
      for (const expected of [1, 2]) {
        vi.advanceTimersByTime(writeMillis)
        const file = JSON.parse(await readFile(join(folder, liveFileName(process.pid)), 'utf8'))
        expect(file).toMatchObject({ title: 'a stack', counters: { bytesSent: expected } })
      }
      clearInterval(timer)
    } finally {
      vi.useRealTimers()
    }
  })

  test('does nothing outside a container', () => {
    expect(
      mirrorCounters({ counters: () => snapshot(0).counters }, 'a stack', '/no/such/folder'),
    ).toBeUndefined()
  })

  test('writes where containers share a directory', () => {
    expect(sharedFolder).toBe(paths.shared)
  })
})
