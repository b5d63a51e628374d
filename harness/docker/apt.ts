import { readFile } from 'node:fs/promises'
import { HarnessError } from '../error.ts'
import type { Progress } from './progress.ts'
import { shell } from './shell.ts'

/** Installing Debian packages on this machine. Needs root and a Debian-like system; says so otherwise. */

/** True where `apt-get` can be used by this process. */
export async function canInstall(): Promise<boolean> {
  return process.getuid?.() === 0 && (await isDebianLike())
}

export async function isDebianLike(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return isDebianLikeRelease(release)
}

/** True if the text of /etc/os-release names Debian, Ubuntu, or a system derived from them. */
export function isDebianLikeRelease(release: string): boolean {
  const ids = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) =>
    (match[1] ?? '').split(/\s+/),
  )
  return ids.includes('debian') || ids.includes('ubuntu')
}

const options = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3']

/** Installs packages without recommendations and without questions. Throws HarnessError with apt's last words. */
export async function installPackages(packages: readonly string[], onProgress: Progress): Promise<void> {
  const names = packages.join(' ')
  onProgress(`apt-get update`)
  await apt(['update', '-q'], `update the package lists`)
  onProgress(`apt-get install ${names}`)
  await apt(['install', '-y', '-q', '--no-install-recommends', ...packages], `install ${names}`)
}

async function apt(args: readonly string[], purpose: string): Promise<void> {
  const result = await shell`DEBIAN_FRONTEND=noninteractive apt-get ${options} ${args}`
  if (result.exitCode === 0) return
  const lastWords = result.stdall.trim().split('\n').slice(-5).join('\n    ')
  throw new HarnessError(
    `apt-get could not ${purpose}:\n    ${lastWords}`,
    `Mend apt on this machine, then try again: apt-get ${args.join(' ')}`,
  )
}
