import { readFile } from 'node:fs/promises'
import { shell } from './shell.ts'

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
  const format = '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)'
  const targets = await shell`apt-get indextargets --format ${format} 'Created-By: Packages'`
  const sources = parseSources(outputOf(targets))
  const settings = parseSettings(outputOf(await shell`apt-config dump`))
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

function outputOf({ exitCode, stdout }: { exitCode: number | null; stdout: string }): string {
  return exitCode === 0 ? stdout : ''
}
