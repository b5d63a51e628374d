import { readFile } from 'node:fs/promises'
import { execa } from 'execa'

/**
 * How this machine reaches its Debian archive: mirrors, proxies and certificates, read from apt's own
 * configuration and handed to the image's build, so that the repository names none of them.
 * On a machine without apt, or of another release, the image's own settings stand.
 */
export const release = 'bookworm'

export interface HostApt {
  /** Lines for /etc/apt/sources.list of the release above; empty if this machine has no source for it. */
  readonly sources: readonly string[]
  /** Settings in the form of apt.conf(5). */
  readonly settings: readonly string[]
  /** Certificates this machine trusts, if a source needs them. */
  readonly certificates: string
}

export async function readHostApt(): Promise<HostApt> {
  const targets = await output('apt-get', [
    'indextargets',
    '--format',
    '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)',
    'Created-By: Packages',
  ])
  const sources = parseSources(targets)
  const settings = parseSettings(await output('apt-config', ['dump']))
  const needsCertificates = sources.some((line) => line.includes('https://'))
  const certificates = needsCertificates ? await readCertificates() : ''
  return { sources, settings, certificates }
}

/** Lines `origin|uri|release|component` of `apt-get indextargets` to lines of sources.list(5). */
export function parseSources(targets: string): string[] {
  const lines = targets.split('\n').flatMap((line) => {
    const [origin, uri, suite, component] = line.trim().split('|')
    if (origin !== 'Debian' || component !== 'main' || uri === undefined || suite === undefined) return []
    if (suite !== release && !suite.startsWith(`${release}-`)) return []
    return [`deb ${uri} ${suite} main`]
  })
  return [...new Set(lines)]
}

/** The settings of `apt-config dump` that tell how to reach an archive; credentials are never among them. */
export function parseSettings(dump: string): string[] {
  const wanted =
    /^Acquire::(https?::|Check-Valid-Until |Check-Date |Retries |ForceIPv[46] |AllowInsecureRepositories )/
  return dump.split('\n').filter((line) => wanted.test(line) && !/ "";$/.test(line))
}

async function readCertificates(): Promise<string> {
  return readFile('/etc/ssl/certs/ca-certificates.crt', 'utf8').catch(() => '')
}

async function output(file: string, args: readonly string[]): Promise<string> {
  const result = await execa(file, args, { reject: false })
  return result.exitCode === 0 ? (result.stdout ?? '') : ''
}
