/**
 * Runs a command that makes containers: however it ends, its containers are removed. An interrupt reaches the command
 * through its own signal; the handlers here are only for errors that nobody caught.
 */
import { failureCode, printError } from './exit.ts'

export async function withCleanUp<T>(work: () => Promise<T>): Promise<T> {
  const { runCleanUp } = await import('../docker/clean-up.ts')
  const crash = (error: unknown) => {
    printError(error)
    void runCleanUp().finally(() => process.exit(failureCode))
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  try {
    return await work()
  } finally {
    await runCleanUp()
    process.off('uncaughtException', crash)
    process.off('unhandledRejection', crash)
  }
}
