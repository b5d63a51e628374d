/** Exit codes, and how an error is told to a person: what happened, then what to do. */
import pc from 'picocolors'
import { HarnessError } from '../error.ts'

export const failureCode = 1
export const usageCode = 2
export const interruptCode = 130

export function printError(error: unknown): void {
  process.stderr.write(`${formatError(error)}\n`)
}

export function formatError(error: unknown): string {
  if (error instanceof HarnessError) return `${pc.red(error.reason)}\n  → ${error.remedy}`
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${pc.red('Unexpected error.')} ${text}\n  → This is a defect: please report it with the lines above.`
}
