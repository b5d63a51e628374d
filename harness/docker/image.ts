import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { HarnessError, messageOf } from '../error.ts'
import { ensureBase, isPresent } from './base.ts'
import { ensureEngine } from './engine.ts'
import { type EngineEvent, followEvents } from './engine-events.ts'
import { type HostApt, readHostApt } from './host-apt.ts'
import { withLock } from './lock.ts'
import { type Progress, silent } from './progress.ts'

/**
 * The image of every container, built once from the Dockerfile beside this file. Its tag is a hash of that file:
 * another Dockerfile is another image, and an unchanged one is never built again.
 */
export const imageRepository = 'dominoes'
const dockerfile = new URL('Dockerfile', import.meta.url)

/** Name and tag of the image that this Dockerfile makes. */
export async function imageName(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(dockerfile))
  return `${imageRepository}:${hash.digest('hex').slice(0, 12)}`
}

/** Name of the image, present on the engine after the call. Any number of processes may call at once. */
export async function ensureImage(onProgress: Progress = silent): Promise<string> {
  const docker = await ensureEngine(onProgress)
  const name = await imageName()
  if (await isPresent(docker, name)) return name
  await withLock(
    'image',
    'building the image',
    async () => {
      if (!(await isPresent(docker, name))) await build(docker, name, onProgress)
    },
    onProgress,
  )
  return name
}

async function build(docker: Docker, name: string, onProgress: Progress): Promise<void> {
  const host = await readHostApt()
  const base = await ensureBase(docker, host, onProgress)
  onProgress(`building ${name}`)
  const lastWords: string[] = []
  const onEvent = (event: EngineEvent) => {
    const words = event.stream?.trim()
    if (!words) return
    lastWords.push(words)
    if (lastWords.length > 8) lastWords.shift()
    const line = words.split('\n').at(-1) ?? ''
    if (/^(Step|Get:|Fetched|Unpacking|Setting up)/.test(line)) onProgress(line)
  }
  try {
    const answer = await docker.buildImage(context(await readFile(dockerfile), host), {
      t: name,
      buildargs: { BASE: base },
      // The engine may have no network of its own to offer.
      networkmode: 'host',
      rm: true,
      forcerm: true,
      labels: { 'dominoes.image': name },
    })
    await followEvents(answer, onEvent)
  } catch (error) {
    throw new HarnessError(
      `The image could not be built: ${messageOf(error)}\n    ${lastWords.join('\n    ')}`,
      'Check that containers reach the package archive (make doctor), then try again.',
      error,
    )
  }
}

function context(file: Buffer, host: HostApt) {
  const archive = pack()
  archive.entry({ name: 'Dockerfile' }, file)
  archive.entry({ name: 'apt/sources.list' }, lines(host.sources))
  archive.entry({ name: 'apt/host.conf' }, lines(host.settings))
  archive.entry({ name: 'apt/ca-certificates.crt' }, host.certificates)
  archive.finalize()
  return Readable.from(archive)
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
