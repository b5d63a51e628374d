import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { formatOwner, thisOwner } from '../../docker/owner.ts'
import { temporaryFolder } from '../../testing/fixtures.ts'
import { mirrorCounters } from '../../top/mirror.ts'
import { snapshot } from '../../top/testing/snapshots.ts'

const program = fileURLToPath(new URL('../main.ts', import.meta.url))

function start(temporary: string, ...argv: string[]) {
  return spawn(process.execPath, [program, 'top', ...argv], { env: { ...process.env, TMPDIR: temporary } })
}

/** A shared folder of a run of this process. Its stack seems to send 1 MB from one reading to the next. */
async function folderOfARun(): Promise<{ temporary: string; end: () => void }> {
  const temporary = await temporaryFolder()
  const shared = join(temporary, `dominoes-scratch-${formatOwner(thisOwner())}-abc`)
  await mkdir(shared)
  let bytesSent = 0
  const counters = () => {
    bytesSent += 1_000_000
    return snapshot(0, { bytesSent }).counters
  }
  const timer = mirrorCounters({ counters }, 'a stack', shared)
  return { temporary, end: () => clearInterval(timer) }
}

test('says what to start when nothing runs', { timeout: 30_000 }, async () => {
  for (const argv of [[], ['--json']]) {
    const child = start(await temporaryFolder(), ...argv)
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    expect([stdout, code]).toEqual(['', 1])
    expect(stderr).toMatch(/Nothing runs on this machine[\s\S]*make demo/)
  }
})

test('prints lines, and ends by an interrupt without a word', { timeout: 30_000 }, async () => {
  const run = await folderOfARun()
  const child = start(run.temporary)
  const stderr = text(child.stderr)
  const [line] = await once(child.stdout, 'data')
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  run.end()
  expect(String(line)).toMatch(/^a stack \| out [1-9]/)
  expect(await stderr).toBe('')
})

test('prints one JSON object', { timeout: 30_000 }, async () => {
  const run = await folderOfARun()
  const rates = JSON.parse(await text(start(run.temporary, '--json').stdout))
  run.end()
  expect(rates).toMatchObject({ title: 'a stack', divergences: 0, ring: { occupied: 3, slots: 1024 } })
  expect(rates.sentMbps).toBeGreaterThan(0)
})
