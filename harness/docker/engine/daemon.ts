import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, readlinkSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { HarnessError } from '../../error.ts'
import { formatOwner, ownerOf, ownerState, parseOwner } from '../owner.ts'
import type { Progress } from '../progress.ts'
import { defaultSocket, findEngine, unlessHanging } from './client.ts'
import { chosenEngine } from './context.ts'
import { newQuirks, optionsOf, type Quirk } from './quirk.ts'

/**
 * Starting `dockerd` by hand, on machines without a service manager. Root only, one caller at a time (the engine's
 * lock). When the daemon gives up, its log is searched for known quirks of the machine, and it is started again
 * with options that avoid them. If there is no new quirk in the log, the error quotes its last lines.
 */
export const daemonLog = '/var/log/dominoes-dockerd.log'
const pidFiles = {
  dockerd: '/var/run/docker.pid',
  containerd: '/var/run/docker/containerd/containerd.pid',
}
/** Names the daemon that was started here, in the form of owner.ts. */
const startedFile = '/var/run/dominoes-dockerd'
const patienceMillis = 60_000
/** It gives its containers 15 seconds to end. */
const stopMillis = 20_000

export async function startDaemon(onProgress: Progress): Promise<Docker> {
  const found: Quirk[] = []
  for (;;) {
    removeStalePidFiles()
    const attempt = await attemptStart(optionsOf(found), onProgress)
    if (attempt.docker !== undefined) return attempt.docker
    const more = newQuirks(attempt.log, new Set(found.map((quirk) => quirk.id)))
    if (more.length === 0) throw unexplained(attempt.log)
    for (const quirk of more) onProgress(quirk.meaning)
    found.push(...more)
  }
}

interface Attempt {
  readonly docker: Docker | undefined
  readonly log: string
}

/** Ends when the socket answers, when the daemon exits, or after `patienceMillis` (the daemon is then stopped). */
async function attemptStart(options: readonly string[], onProgress: Progress): Promise<Attempt> {
  onProgress(['dockerd', ...options].join(' '))
  mkdirSync('/var/log', { recursive: true })
  const log = openSync(daemonLog, 'w')
  writeSync(log, `dockerd ${options.join(' ')}\n`)
  const daemon = spawn('dockerd', options, { detached: true, stdio: ['ignore', log, log], cwd: '/' })
  let ended = false
  daemon.once('exit', () => {
    ended = true
  })
  daemon.once('error', () => {
    ended = true
  })
  daemon.unref()
  const startedAt = performance.now()
  while (!ended) {
    // It listens before it has ended what ran in a daemon that was killed, and answers after.
    const docker = await findEngine().catch(unlessHanging)
    if (docker !== undefined) {
      if (daemon.pid !== undefined) writeFileSync(startedFile, formatOwner(ownerOf(daemon.pid)))
      return { docker, log: '' }
    }
    const waitedMillis = performance.now() - startedAt
    if (waitedMillis > patienceMillis)
      daemon.kill(waitedMillis > 1.2 * patienceMillis ? 'SIGKILL' : 'SIGTERM')
    onProgress(`waiting for dockerd (${Math.round(waitedMillis / 1000)} s)`)
    await delay(250)
  }
  return { docker: undefined, log: readFileSync(daemonLog, 'utf8') }
}

/**
 * Stops the daemon if it was started here, and is the engine in use; true if it was. Its containers end with it. One that
 * hangs is killed.
 */
export async function stopDaemon(onProgress: Progress): Promise<boolean> {
  const chosen = chosenEngine()
  if (chosen !== undefined && chosen.host !== `unix://${defaultSocket}`) return false
  let owner: ReturnType<typeof parseOwner>
  try {
    owner = parseOwner(readFileSync(startedFile, 'utf8'))
  } catch {
    return false
  }
  if (owner === undefined || ownerState(owner) !== 'alive') return false
  onProgress('stopping dockerd')
  process.kill(owner.pid, 'SIGTERM')
  for (let waitedMillis = 0; ownerState(owner) === 'alive'; waitedMillis += 100) {
    if (waitedMillis === stopMillis) process.kill(owner.pid, 'SIGKILL')
    if (waitedMillis > patienceMillis) {
      throw new HarnessError('dockerd does not stop.', `See why: tail ${daemonLog}`)
    }
    await delay(100)
  }
  rmSync(startedFile, { force: true })
  return true
}

/**
 * A daemon that was killed leaves pid files behind. The next daemon refuses to start if such an id is in use, by
 * another process or by a zombie.
 */
function removeStalePidFiles(): void {
  for (const [program, file] of Object.entries(pidFiles)) {
    const pid = readPid(file)
    if (pid !== undefined && programOf(pid) !== program) rmSync(file, { force: true })
  }
}

function readPid(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}

function programOf(pid: string): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`))
  } catch {
    return ''
  }
}

function unexplained(log: string): HarnessError {
  const lastWords = log.trim().split('\n').slice(-6).join('\n    ')
  return new HarnessError(
    `dockerd does not start on this machine:\n    ${lastWords}`,
    `Read its log (${daemonLog}), mend what it asks for, and try again; or start an engine by other means.`,
  )
}
