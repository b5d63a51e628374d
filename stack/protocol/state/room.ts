/** How the connection table is shared out (see `tcp/closing/orphans.ts` and `tcp/opening/open.ts`). */
import type { MachineConfig } from '../config.ts'
import type { Core } from './core.ts'

/** A table with fewer entries keeps no reserve. */
const leastForReserve = 64

/** Entries kept for handshakes that complete, and for our own opens; half-open connections cannot use them. */
export function reservedConnections({ connectionCount }: MachineConfig): number {
  return connectionCount < leastForReserve ? 0 : connectionCount >> 4
}

/** Most orphans at once. */
export function orphanLimit({ connectionCount }: MachineConfig): number {
  return Math.max(1, connectionCount >> 1)
}

/** Most half-open connections of one listener, whatever its backlog: they last a minute, and may all be forged. */
export function halfOpenLimit({ connectionCount }: MachineConfig): number {
  return Math.max(1, connectionCount >> 1)
}

/** Whether there are more entries free than the reserve. */
export function hasRoom(core: Core): boolean {
  const { globals, config } = core
  return config.connectionCount - globals.connectionsUsed > reservedConnections(config)
}

/** Whether no entry is free. */
export function isFull({ globals, config }: Core): boolean {
  return globals.connectionsUsed >= config.connectionCount
}
