/** A topology as lines of text, a link each, for a run's manifest and its report. Pure. */
import type { ResolvedLink, ResolvedNode, ResolvedTopology } from './resolve.ts'

const roles: Readonly<Record<ResolvedNode['role'], string>> = {
  stack: 'our stack',
  linux: 'Linux',
  switch: 'switch',
}

/** The first ends stand below each other, so that hosts at the same switch are seen to be neighbours. */
export function drawTopology({ links }: ResolvedTopology): string {
  const firstEnds = links.map(({ first }) => nameOf(first))
  const width = Math.max(...firstEnds.map((name) => name.length))
  return links
    .map((link, index) => `${firstEnds[index]?.padEnd(width)} ── ${wireOf(link)} ── ${nameOf(link.second)}`)
    .join('\n')
}

/** `peer (Linux, 10.77.0.2)`, `left (switch)` */
function nameOf({ name, role, address }: ResolvedNode): string {
  return `${name} (${[roles[role], address].filter((part) => part !== '').join(', ')})`
}

function wireOf({ kind, bottleneck }: ResolvedLink): string {
  if (bottleneck === undefined) return kind
  const { rateBitsPerSecond, queueBytes } = bottleneck
  return `${kind}, ${rateBitsPerSecond / 1e6} Mbit/s, queue of ${queueBytes} B`
}
