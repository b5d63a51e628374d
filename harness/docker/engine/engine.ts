import { existsSync } from 'node:fs'
import type Docker from 'dockerode'
import { HarnessError } from '../../error.ts'
import { canInstall, installPackages } from '../apt.ts'
import { withLock } from '../lock.ts'
import { type Progress, silent } from '../progress.ts'
import { shell } from '../shell.ts'
import { findEngine, unlessHanging } from './client.ts'
import { chosenEngine } from './context.ts'
import { startDaemon, stopDaemon } from './daemon.ts'

/**
 * A Docker engine that answers, whatever it takes: found, else started, else installed and started.
 * Every command that needs containers begins here. Any number of processes may call it at once: one acts, the
 * others wait. An engine started here keeps running after the command, as one started by a service manager would.
 */
let pending: Promise<Docker> | undefined

export function ensureEngine(onProgress: Progress = silent): Promise<Docker> {
  pending ??= findOrStart(onProgress).catch((error: unknown) => {
    pending = undefined
    throw error
  })
  return pending
}

async function findOrStart(onProgress: Progress): Promise<Docker> {
  const running = await findEngine().catch(unlessHanging)
  if (running !== undefined) return running
  return withLock(
    'engine',
    'setting up Docker',
    async () => (await findOrStop(onProgress)) ?? (await setUp(onProgress)),
    onProgress,
  )
}

/** Undefined if there is no engine any more: one that hangs is stopped, if the harness had started it. */
async function findOrStop(onProgress: Progress): Promise<Docker | undefined> {
  try {
    return await findEngine()
  } catch (error) {
    unlessHanging(error)
    onProgress('Docker hangs')
    // An engine that the user chose is the user's.
    if (chosenEngine() === undefined && (await stopDaemon(onProgress))) return undefined
    throw error
  }
}

async function setUp(onProgress: Progress): Promise<Docker> {
  const chosen = chosenEngine()
  if (chosen !== undefined) {
    throw new HarnessError(
      `No Docker engine answers at ${chosen.host}, which ${chosen.by} names.`,
      'Start that engine, or let one be found: unset DOCKER_HOST and DOCKER_CONTEXT, docker context use default.',
    )
  }
  if (!(await isInstalled())) {
    if (!(await canInstall())) throw new HarnessError('There is no Docker engine on this machine.', remedy)
    await installPackages(['docker.io'], onProgress)
  }
  if (process.getuid?.() !== 0) {
    throw new HarnessError(
      'Docker is installed, but its engine is not running.',
      'Start it: sudo systemctl start docker (or: sudo service docker start)',
    )
  }
  return await start(onProgress)
}

const remedy =
  'Install Docker and start it (https://docs.docker.com/engine/install/), or run this command as root on Debian or ' +
  'Ubuntu, where it installs the package docker.io itself.'

/** Whether the engine is installed; the client alone is not enough. */
async function isInstalled(): Promise<boolean> {
  return (await shell`dockerd --version`).exitCode === 0
}

async function start(onProgress: Progress): Promise<Docker> {
  if (existsSync('/run/systemd/system')) {
    onProgress('systemctl start docker')
    await shell`systemctl start docker`
    const docker = await findEngine()
    if (docker !== undefined) return docker
    throw new HarnessError('systemd could not start Docker.', 'See why: journalctl -u docker -n 50')
  }
  return startDaemon(onProgress)
}
