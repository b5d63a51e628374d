/** `setup`: Docker and the image, before anything needs them; what is there already is left alone. */
import { Command } from 'commander'
import { withCleanUp } from '../with-clean-up.ts'

export function setupCommand(): Command {
  return new Command('setup')
    .description('install and start Docker, build the image')
    .action(() => withCleanUp(setUp))
}

/** Throws HarnessError with the remedy if this machine cannot have them. */
export async function setUp(): Promise<void> {
  const { ensureEngine } = await import('../../docker/engine.ts')
  const { ensureImage } = await import('../../docker/image.ts')
  const print = (line: string) => process.stderr.write(`${line}\n`)
  await ensureEngine(print)
  await ensureImage(print)
}
