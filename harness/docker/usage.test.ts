import { describe, expect, it } from 'vitest'
import { accountFiles } from './usage.ts'

const id = 'b34ef90c'

describe("a container's account", () => {
  it('is found in version 1 of the control groups', () => {
    const groups = `5:memory:/docker/${id}\n3:cpu,cpuacct:/docker/${id}\n0::/docker/${id}\n`
    const mounts = [
      'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0',
      'cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0',
      'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0',
    ].join('\n')
    expect(accountFiles(groups, mounts)).toEqual({
      version: 1,
      cpu: `/sys/fs/cgroup/cpu,cpuacct/docker/${id}/cpuacct.usage`,
      memoryUsage: `/sys/fs/cgroup/memory/docker/${id}/memory.usage_in_bytes`,
      memoryDetails: `/sys/fs/cgroup/memory/docker/${id}/memory.stat`,
    })
  })

  it('is found in version 2', () => {
    const groups = `0::/system.slice/docker-${id}.scope\n`
    const mounts = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n'
    expect(accountFiles(groups, mounts)).toEqual({
      version: 2,
      cpu: `/sys/fs/cgroup/system.slice/docker-${id}.scope/cpu.stat`,
      memoryUsage: `/sys/fs/cgroup/system.slice/docker-${id}.scope/memory.current`,
      memoryDetails: `/sys/fs/cgroup/system.slice/docker-${id}.scope/memory.stat`,
    })
  })

  it('is not found where nothing is mounted', () => {
    expect(accountFiles(`0::/docker/${id}\n`, '')).toBeUndefined()
    expect(accountFiles('', 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n')).toBeUndefined()
  })
})
