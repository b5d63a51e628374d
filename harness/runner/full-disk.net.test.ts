/** A full disk, which is a small file system in memory: only a container can mount one without rights on this machine. */
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { labels, removeContainer } from '../docker/container.ts'
import { ensureEngine } from '../docker/engine/engine.ts'
import { ensureImage } from '../docker/image.ts'
import { demultiplex } from '../docker/multiplexed.ts'
import { formatOwner, thisOwner } from '../docker/owner.ts'
import { nodeProgram, paths } from '../topology/node.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))

/** What the program says that fills the disk of a container of its own. */
async function runOnFullDisk() {
  const docker = await ensureEngine()
  const container = await docker.createContainer({
    Image: await ensureImage(),
    Cmd: [nodeProgram(), `${paths.project}/harness/runner/testing/full-disk-run.ts`, '/small'],
    Labels: { [labels.run]: 'full-disk', [labels.owner]: formatOwner(thisOwner()), [labels.node]: 'disk' },
    HostConfig: {
      NetworkMode: 'none',
      Binds: [`${project}:${paths.project}:ro`],
      Tmpfs: { '/small': 'size=1m' },
      SecurityOpt: ['label=disable'],
    },
  })
  onTestFinished(() => removeContainer(docker, container.id))
  const output = new PassThrough()
  const attached = await container.attach({ stream: true, stdout: true, stderr: true })
  attached.pipe(output)
  await container.start()
  const told = { stdout: '', stderr: '' }
  await demultiplex(output, (name, piece) => {
    told[name] += piece.toString()
  })
  if (told.stdout === '') throw new Error(told.stderr)
  return JSON.parse(told.stdout)
}

test('a full disk ends a run with one message, keeps its samples, and the run goes on once there is space', async () => {
  const { full, after } = await runOnFullDisk()
  expect(stripVTControlCharacters(full.told)).toMatch(
    /^The disk is full: \/small\/runs\/\S+ cannot grow\.\n {2}→ Free some space and run again\. The samples taken so far are kept/,
  )
  expect(full).toMatchObject({ complete: false, wholeLines: true, lastCall: 'dispose' })
  expect(full.samples).toBeGreaterThan(0)
  expect(full.samples).toBeLessThan(14)
  expect(after).toEqual({
    told: '',
    complete: true,
    lastCall: 'dispose',
    samples: 14,
    wholeLines: true,
    seed: full.seed,
  })
})
