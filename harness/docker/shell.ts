/**
 * Commands of this machine, for setting it up: written as in a shell, values quoted. They ask nothing, print nothing, and
 * a failure is a result (127: there is no such program).
 */
import { $ } from 'zx'

export const shell = $({ nothrow: true, quiet: true, stdio: ['ignore', 'pipe', 'pipe'] })
