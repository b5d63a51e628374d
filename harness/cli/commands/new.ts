/** `new`: writes the file of a new experiment, which runs as it is and says what may be changed. */
import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Command } from 'commander'
import { codeOf, HarnessError } from '../../error.ts'
import { isExperimentId } from '../../matrix/experiment.ts'
import { experimentTemplate } from '../../matrix/template.ts'
import { experimentId } from '../experiment-id.ts'
import { experimentsFolder } from '../paths.ts'

export function newCommand(): Command {
  return new Command('new')
    .description('write the file of a new experiment')
    .argument('[id]', 'its id, which becomes the name of the file')
    .action(async (given: string | undefined) => {
      const id = experimentId(given, 'new')
      const path = relative(process.cwd(), await writeExperiment(experimentsFolder, id))
      process.stdout.write(
        `${path} is an experiment that runs as it is. Change it, then:\n` +
          `  make show EXPERIMENT=${id}\n` +
          `  make reproduce EXPERIMENT=${id} PROFILE=quick\n`,
      )
    })
}

/** The path of the file. Throws HarnessError if the id is none, or is taken. */
export async function writeExperiment(folder: string, id: string): Promise<string> {
  if (!isExperimentId(id)) {
    throw new HarnessError(
      `"${id}" cannot be the id of an experiment.`,
      'Use lower case words and digits joined by "-", such as my-question.',
    )
  }
  const path = join(folder, `${id}.ts`)
  try {
    await writeFile(path, experimentTemplate(id), { flag: 'wx' })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new HarnessError(`There is an experiment "${id}" already: ${path}`, 'Choose another id.')
  }
  return path
}
