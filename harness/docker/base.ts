import { createInterface } from 'node:readline'
import type Docker from 'dockerode'
import { execa } from 'execa'
import { HarnessError, messageOf } from '../error.ts'
import { canInstall, installPackages } from './apt.ts'
import { statusOf } from './container.ts'
import { answerTo } from './engine/answer.ts'
import { followEvents } from './engine-events.ts'
import { type HostApt, release } from './host-apt.ts'
import type { Progress } from './progress.ts'
import { makeScratch, removeScratch } from './scratch.ts'
import { shell } from './shell.ts'

/**
 * The file system our image builds on: Debian's published image where a registry can be reached, else the same
 * packages bootstrapped on this machine (Debian or Ubuntu, root) and imported.
 */
const published = `debian:${release}-slim`
const bootstrapped = `dominoes-base:${release}`
/** Runs a command that ends together with this process, even if this process is killed; its mounts go with it. */
const contained = [
  ...['--pdeathsig', 'KILL'],
  ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
]
const pullPatienceMillis = 180_000

/** Name of an image that is present on the engine after the call. */
export async function ensureBase(docker: Docker, host: HostApt, onProgress: Progress): Promise<string> {
  for (const name of [published, bootstrapped]) if (await isPresent(docker, name)) return name
  const refusal = await pull(docker, onProgress)
  if (refusal === undefined) return published
  onProgress(`${published} cannot be pulled (${refusal})`)
  if (!(await canInstall())) throw unreachable(refusal)
  await bootstrap(docker, host, onProgress)
  return bootstrapped
}

export async function isPresent(docker: Docker, name: string): Promise<boolean> {
  try {
    await answerTo(`look for the image ${name}`, docker.getImage(name).inspect())
    return true
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

/** Undefined on success, else why the registry could not serve the image. */
async function pull(docker: Docker, onProgress: Progress): Promise<string | undefined> {
  onProgress(`pulling ${published}`)
  try {
    const answer = await docker.pull(published, { abortSignal: AbortSignal.timeout(pullPatienceMillis) })
    await followEvents(answer)
    return undefined
  } catch (error) {
    return messageOf(error).slice(0, 200)
  }
}

async function bootstrap(docker: Docker, host: HostApt, onProgress: Progress): Promise<void> {
  const installed = await shell`mmdebstrap --version`
  if (installed.exitCode !== 0) await installPackages(['mmdebstrap', 'debian-archive-keyring'], onProgress)
  onProgress(`bootstrapping Debian ${release}`)
  const sources =
    host.sources.length > 0 ? host.sources : [`deb http://deb.debian.org/debian ${release} main`]
  const options = [
    // A file system that is thrown away if the machine fails needs no flushes to disk.
    '--dpkgopt=force-unsafe-io',
    ...host.settings.map((setting) => `--aptopt=${setting}`),
  ]
  const scratch = await makeScratch()
  const bootstrapper = ['mmdebstrap', '--variant=minbase', ...options, release, '-', ...sources]
  const tarball = execa('setpriv', [...contained, ...bootstrapper], {
    env: { TMPDIR: scratch },
    stdin: 'ignore',
    encoding: 'buffer',
    buffer: { stdout: false },
  })
  void report(tarball.stderr, onProgress)
  const [repo = '', tag = ''] = bootstrapped.split(':')
  const imported = docker.importImage(tarball.stdout, { repo, tag }).then((answer) => followEvents(answer))
  const [made, stored] = await Promise.allSettled([tarball, imported])
  await removeScratch(scratch)
  if (made.status === 'rejected') throw failed(messageOf(made.reason))
  if (stored.status === 'rejected') throw failed(messageOf(stored.reason))
}

/** Passes the bootstrapper's lines of information (`I: …`) to `onProgress`. */
async function report(output: NodeJS.ReadableStream, onProgress: Progress): Promise<void> {
  for await (const line of createInterface({ input: output })) {
    if (line.startsWith('I: ')) onProgress(line.slice(3))
  }
}

function failed(reason: string): HarnessError {
  return new HarnessError(
    `The base image could not be bootstrapped:\n    ${reason.trim().split('\n').slice(-6).join('\n    ')}`,
    `Give the engine the image yourself: docker pull ${published}`,
  )
}

function unreachable(refusal: string): HarnessError {
  return new HarnessError(
    `The engine cannot pull ${published}: ${refusal}`,
    `Let the engine reach a registry (docker pull ${published}), or run as root on Debian or Ubuntu, where the base ` +
      'image is bootstrapped from the package archive.',
  )
}
