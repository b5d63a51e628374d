import type Docker from 'dockerode'

/**
 * What a container has used, by the engine's account of its control group (version 1 or 2). Read before and after
 * a measurement; the difference is the container's own, wherever its processes ran.
 */
export interface Usage {
  /** Processor time since the container started, in microseconds. */
  readonly cpuMicros: number
  /** Memory held, without the page cache that can be given back, in bytes. */
  readonly memoryBytes: number
}

export async function usageOf(docker: Docker, containerId: string): Promise<Usage> {
  const options = { stream: false, 'one-shot': true } as const
  const stats = await docker.getContainer(containerId).stats(options)
  return parseUsage(stats)
}

/** The parts of the engine's statistics that are used here; nanoseconds and bytes. */
export interface RawStats {
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } }
  readonly memory_stats?: {
    readonly usage?: number
    readonly stats?: { readonly inactive_file?: number; readonly total_inactive_file?: number }
  }
}

export function parseUsage(stats: RawStats): Usage {
  const memory = stats.memory_stats
  const cacheBytes = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0
  return {
    cpuMicros: (stats.cpu_stats?.cpu_usage?.total_usage ?? 0) / 1000,
    memoryBytes: Math.max(0, (memory?.usage ?? 0) - cacheBytes),
  }
}
