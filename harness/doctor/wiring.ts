import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type Docker from 'dockerode'
import { z } from 'zod'
import type { ContainerSpec, RunningContainer } from '../docker/container.ts'
import { execIn } from '../docker/exec.ts'
import { holdContainer } from '../docker/held-container.ts'
import { thisOwner } from '../docker/owner.ts'
import { accountOf } from '../docker/usage.ts'
import { runHelper } from '../docker/wiring-helper.ts'
import { messageOf } from '../error.ts'
import { type Check, check, type Verdict } from './check.ts'

/** What the kernel and the engine allow containers to do, tried in a container. */
const tun = '/dev/net/tun'
const probe = new URL('probe.py', import.meta.url)

interface Trial {
  readonly id: 'veth' | 'bridge' | 'tap' | 'vnet-header' | 'multi-queue'
  readonly title: string
  readonly meaning: string
  /** State if it fails. */
  readonly otherwise: 'limited' | 'missing'
  readonly remedy: string
}

const trials: readonly Trial[] = [
  {
    id: 'tap',
    title: 'TAP interface',
    meaning: 'The stack sends and receives its frames through a TAP.',
    otherwise: 'missing',
    remedy: 'sudo modprobe tun',
  },
  {
    id: 'vnet-header',
    title: 'TAP with offloads',
    meaning: 'Super-frames of 64 KiB; without them these cells are left out.',
    otherwise: 'limited',
    remedy: 'Use a kernel from 4.8 on.',
  },
  {
    id: 'multi-queue',
    title: 'TAP with several queues',
    meaning: 'One queue per replica is a factor; without it these cells are left out.',
    otherwise: 'limited',
    remedy: 'Use a kernel from 3.8 on.',
  },
  {
    id: 'veth',
    title: 'veth pairs',
    meaning: 'The Linux reference and the switched wire need them.',
    otherwise: 'missing',
    remedy: 'sudo modprobe veth',
  },
  {
    id: 'bridge',
    title: 'Bridge',
    meaning: 'The switched wire and two stacks face to face need it; without it these cells are left out.',
    otherwise: 'limited',
    remedy: 'sudo modprobe bridge',
  },
]

const findingsSchema = z.record(z.string(), z.string())

export async function wiringChecks(usable: { docker: Docker; image: string } | undefined): Promise<Check[]> {
  if (usable === undefined) return [deviceCheck(), ...trials.map(untried)]
  const held = holdContainer(usable.docker, probeSpec(usable.image))
  try {
    const container = await held.started.catch((error: unknown) => error)
    if (!isContainer(container)) return [deviceCheck(), capabilitiesCheck(messageOf(container))]
    const findings = await tryAll(usable.docker, container)
    const moved = await tryMove(usable, container)
    const account = await accountOf(usable.docker, container.id, container.pid)
    return [
      deviceCheck(),
      capabilitiesCheck(moved),
      ...trials.map((trial) => tried(trial, findings[trial.id] ?? 'was not tried')),
      check(
        'accounting',
        'Processor accounting',
        'Processor seconds per gigabyte come from the control groups.',
        {
          state: account.source === 'files' ? 'ok' : 'limited',
          finding:
            account.source === 'files' ? 'current to the microsecond' : 'from the engine, up to a second old',
          remedy: 'Mount the control groups at /sys/fs/cgroup.',
        },
      ),
    ]
  } finally {
    await held.release()
  }
}

function probeSpec(image: string): ContainerSpec {
  return {
    name: `dominoes-doctor-${process.pid}`,
    runId: 'doctor',
    node: 'probe',
    owner: thisOwner(),
    image,
    command: ['sleep', '120'],
    capabilities: ['NET_ADMIN', 'NET_RAW', 'SYS_NICE'],
    devices: existsSync(tun) ? [tun] : [],
    mounts: [],
    namespaces: 'none',
    sharedMemoryBytes: 1 << 20,
  }
}

function isContainer(value: unknown): value is RunningContainer {
  return typeof value === 'object' && value !== null && 'pid' in value
}

async function tryAll(docker: Docker, container: RunningContainer): Promise<Record<string, string>> {
  const result = await execIn(docker, container.id, ['python3', '-'], { input: await readFile(probe) })
  return findingsSchema.parse(JSON.parse(result.stdout))
}

/** Empty, or why the helper could not reach into the container's network namespace. */
async function tryMove(
  usable: { docker: Docker; image: string },
  container: RunningContainer,
): Promise<string> {
  const context = { ...usable, owner: thisOwner(), runId: 'doctor' }
  return runHelper(context, [`nsenter --net=/proc/${container.pid}/ns/net ip link show lo`]).then(
    () => '',
    (error: unknown) => messageOf(error),
  )
}

function deviceCheck(): Check {
  return check('tun', tun, 'The device that TAP interfaces are made with.', {
    state: existsSync(tun) ? 'ok' : 'missing',
    finding: existsSync(tun) ? 'present' : 'absent',
    remedy: `sudo modprobe tun; or: sudo mkdir -p /dev/net && sudo mknod ${tun} c 10 200`,
  })
}

function capabilitiesCheck(complaint: string): Check {
  const meaning = 'Containers get NET_ADMIN; a short-lived helper gets SYS_ADMIN and SYS_PTRACE to wire them.'
  return check('capabilities', 'Container capabilities', meaning, {
    state: complaint === '' ? 'ok' : 'missing',
    finding: complaint === '' ? 'granted' : complaint,
    remedy: 'Use an engine that runs as root and not in a restricted container.',
  })
}

function tried(trial: Trial, complaint: string): Check {
  const verdict: Verdict =
    complaint === ''
      ? { state: 'ok', finding: 'works' }
      : { state: trial.otherwise, finding: complaint, remedy: trial.remedy }
  return check(trial.id, trial.title, trial.meaning, verdict)
}

function untried(trial: Trial): Check {
  return check(trial.id, trial.title, trial.meaning, {
    state: 'limited',
    finding: 'not tried yet: there is no container to try it in',
    remedy: 'Ask again after the first run: make doctor',
  })
}
