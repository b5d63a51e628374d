import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/fixtures.ts'
import { watchInterference } from './interference.ts'
import { throttleCount } from './throttling.ts'

const containerId = 'c0ffee'

interface Told {
  readonly parent?: number
  readonly name?: string
  readonly flags?: number
  readonly start?: number
  readonly group?: string
}

/** A folder like /proc with processes of our choice. */
async function procFolder(stolen = 0) {
  const folder = await temporaryFolder()
  const steal = (ticks: number) => writeFile(join(folder, 'stat'), `cpu  1 2 3 4 5 6 7 ${ticks} 0 0\n`)
  await steal(stolen)
  const put = async (pid: number, ticks: number, told: Told = {}) => {
    const { parent = 1, name = 'load', flags = 0, start = 5, group = '/' } = told
    const path = join(folder, String(pid))
    await mkdir(path, { recursive: true })
    const fields = [parent, pid, pid, 0, -1, flags, 0, 0, 0, 0, ticks, 0, 0, 0, 20, 0, 1, 0, start]
    await writeFile(join(path, 'stat'), `${pid} (${name}) S ${fields.join(' ')} 0 0\n`)
    await writeFile(join(path, 'cgroup'), `0::${group}\n`)
  }
  const end = (pid: number) => rm(join(folder, String(pid)), { recursive: true })
  return { folder, put, end, steal }
}

const contained = { group: `/docker/${containerId}` }

test('what others used is told, with the name of the one who used most', async () => {
  const { folder, put } = await procFolder()
  await put(100, 7, contained)
  await put(200, 50, { name: 'make' })
  await put(300, 9, { name: 'yes' })
  const end = watchInterference([containerId], folder)
  await put(100, 900, contained)
  await put(200, 53, { name: 'make' })
  await put(300, 59, { name: 'yes' })
  expect(end()).toMatchObject({ foreignMicros: 530_000, foreignName: 'yes', stolenMicros: 0 })
})

test('containers of the run, its own processes, the engine and kernel threads are nobody else', async () => {
  const { folder, put } = await procFolder()
  const all = async (ticks: number) => {
    await put(100, ticks, contained)
    await put(process.pid, ticks)
    await put(200, ticks, { parent: 201 })
    await put(201, ticks, { parent: process.pid })
    await put(300, ticks, { name: 'containerd-shim' })
    await put(400, ticks, { flags: 0x200000 })
  }
  await all(1)
  const end = watchInterference([containerId], folder)
  await all(100)
  expect(end()).toMatchObject({ foreignMicros: 0, foreignName: '' })
})

test('another container is somebody else', async () => {
  const { folder, put } = await procFolder()
  await put(100, 1, contained)
  await put(200, 1, { group: '/docker/decaf' })
  const end = watchInterference([containerId], folder)
  await put(200, 21, { group: '/docker/decaf' })
  expect(end()).toMatchObject({ foreignMicros: 200_000 })
})

test('a process that began meanwhile counts whole, also under the number of one that ended', async () => {
  const { folder, put, end: endProcess } = await procFolder()
  await put(100, 1, contained)
  await put(200, 40, { start: 5 })
  const end = watchInterference([containerId], folder)
  await endProcess(200)
  await put(200, 10, { start: 6 })
  expect(end()).toMatchObject({ foreignMicros: 100_000 })
})

test('of one that ended, its parent keeps only what it used meanwhile', async () => {
  const { folder, put, end: endProcess } = await procFolder()
  await put(100, 1, contained)
  await put(200, 5, { name: 'sh' })
  await put(201, 40, { parent: 200 })
  const end = watchInterference([containerId], folder)
  await endProcess(201)
  await put(200, 5 + 60, { name: 'sh' })
  expect(end()).toMatchObject({ foreignMicros: 200_000, foreignName: 'sh' })
})

test('so does an ancestor of several that ended', async () => {
  const { folder, put, end: endProcess } = await procFolder()
  await put(100, 1, contained)
  await put(200, 5, { name: 'sh' })
  await put(201, 30, { parent: 200 })
  await put(202, 4000, { parent: 201 })
  const end = watchInterference([containerId], folder)
  await endProcess(201)
  await endProcess(202)
  await put(200, 5 + 30 + 4000 + 7, { name: 'sh' })
  expect(end()).toMatchObject({ foreignMicros: 70_000 })
})

test('time that the machine below took is told apart', async () => {
  const { folder, put, steal } = await procFolder(100)
  await put(100, 1, contained)
  const end = watchInterference([containerId], folder)
  await steal(130)
  expect(end()).toMatchObject({ foreignMicros: 0, stolenMicros: 300_000 })
})

test('where the containers run on another machine nothing is told', async () => {
  const { folder, put } = await procFolder()
  await put(200, 1)
  expect(watchInterference([containerId], folder)()).toBeUndefined()
})

test('hot processors are counted where the kernel tells', async () => {
  const folder = await temporaryFolder()
  expect(throttleCount(folder)).toBeNull()
  for (const [name, count] of [
    ['cpu0', 3],
    ['cpu1', 4],
  ] as const) {
    await mkdir(join(folder, name, 'thermal_throttle'), { recursive: true })
    await writeFile(join(folder, name, 'thermal_throttle/core_throttle_count'), `${count}\n`)
  }
  await mkdir(join(folder, 'cpufreq'))
  expect(throttleCount(folder)).toBe(7)
  expect(throttleCount(join(folder, 'absent'))).toBeNull()
})
