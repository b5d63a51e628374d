/**
 * How the Linux hosts of a topology send by TCP: their congestion control, and how they detect losses. Both are settings
 * of a host's own network namespace, made when it is wired, so that they hold for every program and for no other host.
 *
 * - Congestion control is an attribute of the route (`congctl`), which prevails over a program's own choice and over the
 *   machine's default. The kernel's setting would not do: a namespace may choose only what the machine allows everybody.
 * - Loss detection is kernel settings of a container, made by Docker when it starts.
 *
 * They govern what a host sends. A host that only receives acknowledges as ever, whatever they are. Pure.
 */
export const congestionControls = ['cubic', 'reno', 'bbr'] as const
export const recoveries = ['current', '2011'] as const

export interface TcpSettings {
  readonly congestionControl: (typeof congestionControls)[number]
  /** `2011`: as Linux 3.0 detected losses, as far as the kernel allows. */
  readonly recovery: (typeof recoveries)[number]
}

/** Linux's own default on every machine, whatever the machine itself prefers; so that results can be compared. */
export const standardTcp: TcpSettings = { congestionControl: 'cubic', recovery: 'current' }

/** By recovery, the kernel settings that a new network namespace does not have by itself. */
const sysctls: Readonly<Record<TcpSettings['recovery'], Readonly<Record<string, string>>>> = {
  current: {},
  '2011': {
    // No RACK (RFC 8985): a segment is lost when duplicate ACKs say so.
    'net.ipv4.tcp_recovery': '0',
    // No tail loss probe, which came in 2013.
    'net.ipv4.tcp_early_retrans': '0',
    // Three duplicate ACKs, and more after reordering was seen, up to the limit of that time.
    'net.ipv4.tcp_reordering': '3',
    'net.ipv4.tcp_max_reordering': '127',
  },
}

export function sysctlsOf({ recovery }: TcpSettings): Readonly<Record<string, string>> {
  return sysctls[recovery]
}
