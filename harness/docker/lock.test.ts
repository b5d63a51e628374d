import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { acquireLock, tryLock, withLock } from './lock.ts'

const module = new URL('lock.ts', import.meta.url).href
const name = `test-${process.pid}`

describe('a lock', () => {
  it('is held by one at a time, and by all in the end', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      inside++
      most = Math.max(most, inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
      return 1
    }
    const all = await Promise.all(Array.from({ length: 8 }, () => withLock(`${name}-many`, 'test', work)))
    expect(all).toHaveLength(8)
    expect(most).toBe(1)
  })

  it('is let go when the work fails', async () => {
    const failing = withLock(`${name}-failing`, 'test', () => Promise.reject(new Error('failed')))
    await expect(failing).rejects.toThrow('failed')
    await (await acquireLock(`${name}-failing`, 'test')).release()
  })

  it('is refused, to who would not wait, by naming its holder', async () => {
    const lock = await acquireLock(`${name}-tried`, 'being tested')
    expect(await tryLock(`${name}-tried`, 'test')).toBe(`process ${process.pid}: being tested`)
    await lock.release()
    const second = await tryLock(`${name}-tried`, 'test')
    if (typeof second === 'string') throw new Error(second)
    await second.release()
  })

  it('is refused also while its holder is stopped', async () => {
    const path = `\0dominoes-${name}-stopped`
    const silent = createServer(() => {}).listen(path)
    await once(silent, 'listening')
    expect(await tryLock(`${name}-stopped`, 'test')).toBe('a process that does not answer')
    silent.close()
  })

  it('tells who holds it, and is free once that process is killed', async () => {
    const script = `import { acquireLock } from '${module}'
      await acquireLock('${name}-killed', 'being tested'); console.log('held'); setInterval(() => {}, 1000)`
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script])
    await once(holder.stdout, 'data')
    const told = Promise.withResolvers<string>()
    const waiting = acquireLock(`${name}-killed`, 'test', told.resolve)
    expect(await told.promise).toBe(`waiting for process ${holder.pid}: being tested`)
    holder.kill('SIGKILL')
    await (await waiting).release()
  })
})
