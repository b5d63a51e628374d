import { statfs } from 'node:fs/promises'
import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Check, type CheckState, check } from './check.ts'

/** The hardware and its kernel. */
const project = fileURLToPath(new URL('../../', import.meta.url))
const gibibyte = 2 ** 30

export async function machineChecks(): Promise<Check[]> {
  const disk = await statfs(project)
  return [
    operatingSystem(platform()),
    processors(availableParallelism()),
    memory(totalmem()),
    diskSpace(disk.bavail * disk.bsize),
  ]
}

export function operatingSystem(name: string): Check {
  return check('system', 'Operating system', 'The stack talks to the devices of a Linux kernel.', {
    state: name === 'linux' ? 'ok' : 'missing',
    finding: `${name} ${release()} on ${arch()}`,
    remedy: 'Run the project on a Linux machine, or in a virtual one.',
  })
}

export function processors(count: number): Check {
  return check(
    'processors',
    'Processors',
    'Replicas speed a connection up only as far as each has a processor.',
    {
      state: count >= 4 ? 'ok' : count >= 2 ? 'limited' : 'missing',
      finding: `${count} usable`,
      remedy:
        count >= 2
          ? `Cells with more than ${count} replicas oversubscribe this machine, and are marked so; more processors measure more.`
          : 'Give the machine at least two processors.',
    },
  )
}

export function memory(bytes: number): Check {
  return check('memory', 'Memory', 'Rings, pages of expected bytes and two containers have to fit.', {
    state: atLeast(bytes, 3.5 * gibibyte, 1.5 * gibibyte),
    finding: `${gibibytes(bytes)}, ${gibibytes(freemem())} free`,
    remedy: 'Give the machine 4 GiB.',
  })
}

export function diskSpace(bytes: number): Check {
  return check(
    'disk',
    'Disk space',
    'The image takes 0.5 GiB, a full run with its logs and captures up to 2 GiB.',
    {
      state: atLeast(bytes, 5 * gibibyte, 2 * gibibyte),
      finding: `${gibibytes(bytes)} free`,
      remedy: 'Free some space; old runs are removed by: make clean RUNS=1',
    },
  )
}

function atLeast(value: number, ok: number, limited: number): CheckState {
  if (value >= ok) return 'ok'
  return value >= limited ? 'limited' : 'missing'
}

function gibibytes(bytes: number): string {
  return `${(bytes / gibibyte).toFixed(1)} GiB`
}
