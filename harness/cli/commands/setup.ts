/** `setup`: installs and starts Docker and builds the image, as far as they are not there already. */
import { Command } from 'commander'
import { withCleanUp } from '../with-clean-up.ts'

export function setupCommand(): Command {
  return new Command('setup')
    .description('install and start Docker, build the image')
    .action(() => withCleanUp(setUp))
}

/** Throws HarnessError with the remedy if Docker or the image cannot be set up on this machine. */
export async function setUp(): Promise<void> {
  const { ensureEngine } = await import('../../docker/engine/engine.ts')
  const { ensureImage } = await import('../../docker/image.ts')
  await ensureEngine(tellStep)
  await ensureImage(tellStep)
}

export function tellStep(line: string): void {
  process.stderr.write(`${line}\n`)
}
