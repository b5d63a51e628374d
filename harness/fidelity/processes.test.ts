import { expect, test } from 'vitest'
import { parseProcess, readProcesses } from './processes.ts'

const line =
  '4711 (a (b) c) S 17 4711 4711 0 -1 4194560 100 0 0 0 11 22 33 44 20 0 1 0 987 0 0 18446744073709551615'

test('a process is read from its line, whatever its name is', () => {
  expect(parseProcess(line)).toEqual({
    name: 'a (b) c',
    parent: 17,
    isKernelThread: false,
    ticks: 11 + 22 + 33 + 44,
    startTicks: 987,
  })
})

test('a kernel thread is known by its flag', () => {
  expect(parseProcess(line.replace('4194560', '2129984'))?.isKernelThread).toBe(true)
})

test('what is no such line is no process', () => {
  expect(parseProcess('')).toBeUndefined()
})

test('this process and its parent are among those of this machine', () => {
  const processes = readProcesses()
  const own = processes.get(process.pid)
  expect(own?.parent).toBe(process.ppid)
  expect(own?.isKernelThread).toBe(false)
  expect(own?.ticks).toBeGreaterThan(0)
})
