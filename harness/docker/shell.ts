/**
 * Runs commands of this machine, for setting it up: written as in a shell, with values quoted. Commands have no input
 * and print nothing. A failure is a result, not an error (exit code 127: there is no such program).
 */
import { $ } from 'zx'

export const shell = $({ nothrow: true, quiet: true, stdio: ['ignore', 'pipe', 'pipe'] })
