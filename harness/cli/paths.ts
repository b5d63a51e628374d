/** Where the project keeps what the commands read and write, wherever they are called from. */
import { fileURLToPath } from 'node:url'

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export const projectFolder = fromHere('../../')
export const experimentsFolder = fromHere('../../experiments')
export const reportsFolder = fromHere('../../reports')
