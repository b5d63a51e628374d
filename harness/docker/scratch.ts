import { chmod, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { formatOwner, type OwnerState, ownerState, parseOwner, thisOwner } from './owner.ts'

/** Temporary directories named after their owner, so that those of a killed process can be recognized and removed. */
const prefix = 'dominoes-scratch-'

/** Makes one, and removes those of dead processes. */
export async function makeScratch(): Promise<string> {
  await removeDeadScratch()
  const directory = await mkdtemp(join(tmpdir(), `${prefix}${formatOwner(thisOwner())}-`))
  // Package managers work in it as an unprivileged user.
  await chmod(directory, 0o755)
  return directory
}

/** Never leaves the file system: a file system of another kind may still be mounted inside. */
export async function removeScratch(directory: string): Promise<void> {
  await execa('rm', ['-rf', '--one-file-system', directory], { reject: false })
}

/** Paths of the directories of processes that are alive. */
export async function liveScratch(): Promise<string[]> {
  const names = await namesOf('alive')
  return names.map((name) => join(tmpdir(), name))
}

/** Removes the directories of processes that are gone. Returns their names. */
export async function removeDeadScratch(): Promise<string[]> {
  const dead = await namesOf('dead')
  for (const name of dead) await removeScratch(join(tmpdir(), name))
  return dead
}

async function namesOf(state: OwnerState): Promise<string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix))
  return names.filter((name) => {
    const owner = parseOwner(name.slice(prefix.length).split('-')[0] ?? '')
    return owner !== undefined && ownerState(owner) === state
  })
}
