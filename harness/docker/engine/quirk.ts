/**
 * Complaints of the Docker daemon on machines that lack something, and the options that avoid them. These options do no
 * harm here: our containers have no Docker network and are wired by the harness, and the storage driver only holds one
 * small image.
 */
export interface Quirk {
  readonly id: string
  /** A line of the daemon's log that shows the quirk. */
  readonly sign: RegExp
  readonly options: readonly string[]
  readonly meaning: string
}

export const quirks: readonly Quirk[] = [
  {
    id: 'no-firewall',
    sign: /(failed|error|unable|not found).*(iptables|ip6tables|nftables|NAT chain|ip_forward)|iptables.*(not found|failed|no such|denied)/i,
    options: ['--iptables=false', '--ip6tables=false', '--bridge=none'],
    meaning: 'packet filtering is missing: containers get no Docker network',
  },
  {
    id: 'no-bridge',
    sign: /(failed|error|unable).*(docker0|default "?bridge"? network|bridge driver|ip-forward|ip_forward)/i,
    options: ['--iptables=false', '--ip6tables=false', '--bridge=none'],
    meaning: 'Docker cannot make its own bridge: containers get no Docker network',
  },
  {
    id: 'no-overlay',
    sign: /(failed|error|driver not supported|not supported).*(overlay|graphdriver|storage.driver|snapshotter)|overlay.*(not supported|invalid argument|operation not permitted)/i,
    options: ['--storage-driver=vfs'],
    meaning: 'overlay file systems are missing: images are copied instead',
  },
  {
    id: 'no-oom-score',
    sign: /oom_score_adj.*(denied|not permitted)/i,
    options: ['--oom-score-adjust=0'],
    meaning: "the daemon may not protect itself from the kernel's out-of-memory killer",
  },
]

/** Quirks whose sign is in the log and which are not yet known; worst first, as in the table above. */
export function newQuirks(log: string, known: ReadonlySet<string>): Quirk[] {
  const lines = log.split('\n').filter((line) => /level=(error|fatal|warning)|^failed|^Error/i.test(line))
  const fatal = lines.filter((line) => !/level=warning/i.test(line))
  const evidence = fatal.length > 0 ? fatal : lines
  return quirks.filter((quirk) => !known.has(quirk.id) && evidence.some((line) => quirk.sign.test(line)))
}

/** The options of several quirks, each once. */
export function optionsOf(found: readonly Quirk[]): string[] {
  return [...new Set(found.flatMap((quirk) => quirk.options))]
}
