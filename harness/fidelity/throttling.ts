/** How often the processors were slowed down because they were too hot, where the kernel counts it. Reads only. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const processorsFolder = '/sys/devices/system/cpu'

/** Over all processors since boot; null if none of them tells, as in most virtual machines. */
export function throttleCount(folder = processorsFolder): number | null {
  let total: number | null = null
  for (const name of readdirIfThere(folder)) {
    if (!/^cpu\d+$/.test(name)) continue
    const count = readCount(join(folder, name, 'thermal_throttle/core_throttle_count'))
    if (count !== null) total = (total ?? 0) + count
  }
  return total
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readCount(path: string): number | null {
  try {
    return Number(readFileSync(path, 'latin1'))
  } catch {
    return null
  }
}
