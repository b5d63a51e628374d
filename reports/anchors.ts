/** Where links within the page lead to. Pure. Invariant: no two of these are the same. */

interface Identified {
  readonly id: string
}

export function experimentAnchor({ id }: Identified): string {
  return id
}

export function samplesAnchor(experiment: Identified, cell: Identified): string {
  return `samples-${experiment.id}-${cell.id}`
}

export function groupAnchor(name: string): string {
  return `group-${name}`
}
