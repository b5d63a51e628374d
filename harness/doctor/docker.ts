import type Docker from 'dockerode'
import { execa } from 'execa'
import { canInstall } from '../docker/apt.ts'
import { isPresent } from '../docker/base.ts'
import { labels } from '../docker/container.ts'
import { answerTo } from '../docker/engine/answer.ts'
import { findEngine } from '../docker/engine/client.ts'
import { imageName } from '../docker/image.ts'
import { HarnessError, RunEndingError } from '../error.ts'
import { type Check, check, type Verdict } from './check.ts'

/** Docker as it is now; nothing is installed, started or built. */
export interface DockerFindings {
  readonly checks: readonly Check[]
  /** Set if containers can be started. */
  readonly usable: { readonly docker: Docker; readonly image: string } | undefined
}

export async function dockerChecks(): Promise<DockerFindings> {
  const self = await canInstall()
  const found = await findEngine().catch(refusalOf)
  const docker = found instanceof HarnessError ? undefined : found
  const refused = found instanceof HarnessError ? found : undefined
  const image = await imageName()
  const present = docker !== undefined && (await isPresent(docker, image))
  return {
    checks: [
      rights(self),
      await engineCheck(docker, refused, self),
      imageCheck(image, present),
      await clientCheck(),
    ],
    usable: docker !== undefined && present ? { docker, image } : undefined,
  }
}

const patienceMillis = 10_000

function refusalOf(error: unknown): HarnessError {
  if (error instanceof HarnessError) return error
  throw error
}

function rights(self: boolean): Check {
  return check(
    'rights',
    'Rights',
    'Only Docker is needed; it can be set up by itself where this user may install.',
    {
      state: 'ok',
      finding: self
        ? 'root on a Debian-like system: Docker is installed and started when it is needed'
        : 'a user',
    },
  )
}

async function engineCheck(
  docker: Docker | undefined,
  refused: HarnessError | undefined,
  self: boolean,
): Promise<Check> {
  return check(
    'engine',
    'Docker engine',
    'Stack and peers run in containers.',
    await engineVerdict(docker, refused, self),
  )
}

async function engineVerdict(
  docker: Docker | undefined,
  refused: HarnessError | undefined,
  self: boolean,
): Promise<Verdict> {
  if (refused !== undefined) return { state: 'missing', finding: refused.reason, remedy: refused.remedy }
  if (docker === undefined && self) {
    return {
      state: 'limited',
      finding: 'none is running',
      remedy: 'The next run sets it up (about a minute); or now: apt-get install docker.io',
    }
  }
  if (docker === undefined) {
    return {
      state: 'missing',
      finding: 'none is running',
      remedy: 'sudo systemctl start docker; or install it: https://docs.docker.com/engine/install/',
    }
  }
  return await runningVerdict(docker)
}

async function runningVerdict(docker: Docker): Promise<Verdict> {
  try {
    const info = await answerTo('describe itself', docker.info(), patienceMillis)
    await inspectContainers(docker)
    return {
      state: 'ok',
      finding: `version ${info.ServerVersion}, storage ${info.Driver}, control groups version ${info.CgroupVersion ?? 1}`,
    }
  } catch (error) {
    const { reason, remedy } = refusalOf(error)
    return { state: 'missing', finding: reason, remedy }
  }
}

/** Throws RunEndingError if a container of ours is stuck: what is left over could not be removed, and is before anything runs. */
async function inspectContainers(docker: Docker): Promise<void> {
  const listing = docker.listContainers({ all: true, filters: { label: [labels.run] } })
  const containers = await answerTo('list its containers', listing, patienceMillis)
  const looks = containers.map(async ({ Id }) => {
    const looking = docker.getContainer(Id).inspect()
    await answerTo(`inspect the container ${Id.slice(0, 12)}`, looking, patienceMillis).catch((error) => {
      // One that was removed meanwhile is not found.
      if (error instanceof RunEndingError) throw error
    })
  })
  await Promise.all(looks)
}

function imageCheck(image: string, present: boolean): Check {
  return check('image', 'Image', 'One image holds the tools of all hosts; it is built once.', {
    state: present ? 'ok' : 'limited',
    finding: present ? image : `${image} is not built yet`,
    remedy: 'The next run builds it (about a minute).',
  })
}

async function clientCheck(): Promise<Check> {
  const result = await execa('docker', ['--version'], { reject: false })
  return check('client', 'Docker client', 'Not needed: the harness talks to the engine itself.', {
    state: 'ok',
    finding: result.exitCode === 0 ? (result.stdout ?? '') : 'none',
  })
}
