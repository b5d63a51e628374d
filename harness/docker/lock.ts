import { connect, createServer, type Server } from 'node:net'
import { codeOf } from '../error.ts'
import { type Progress, silent } from './progress.ts'

/**
 * A lock between the processes of one machine, held by binding an abstract unix socket. The kernel lets go of
 * it when its holder dies, however it dies, so that there is no stale lock to detect.
 * Waiters connect to the holder, are told what it is doing, and try again when the connection ends.
 */
export interface Lock {
  release(): Promise<void>
}

/** Takes the lock `name`, or tells who holds it: `process 17: purpose`. */
export async function tryLock(name: string, purpose: string): Promise<Lock | string> {
  const path = `\0dominoes-${name}`
  for (;;) {
    const server = await tryBind(path, purpose)
    if (server !== undefined) return { release: () => close(server) }
    const holder = await holderOf(path)
    if (holder !== '') return holder
  }
}

/** Waits for the lock `name`; `purpose` is what other waiters are told meanwhile. */
export async function acquireLock(
  name: string,
  purpose: string,
  onProgress: Progress = silent,
): Promise<Lock> {
  const path = `\0dominoes-${name}`
  for (;;) {
    const server = await tryBind(path, purpose)
    if (server !== undefined) return { release: () => close(server) }
    await holderToFinish(path, onProgress)
  }
}

/** Runs `work` while holding the lock `name`. */
export async function withLock<T>(
  name: string,
  purpose: string,
  work: () => Promise<T>,
  onProgress: Progress = silent,
): Promise<T> {
  const lock = await acquireLock(name, purpose, onProgress)
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

const waiters = new WeakMap<Server, Set<() => void>>()

function tryBind(path: string, purpose: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const open = new Set<() => void>()
    const server = createServer((socket) => {
      const end = () => socket.destroy()
      open.add(end)
      socket.on('error', () => {})
      socket.on('close', () => open.delete(end))
      socket.write(`process ${process.pid}: ${purpose}\n`)
    })
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(path, () => {
      waiters.set(server, open)
      server.unref()
      resolve(server)
    })
  })
}

function holderToFinish(path: string, onProgress: Progress): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('data', (bytes) => onProgress(`waiting for ${bytes.toString().trim()}`))
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
}

/** A holder that is stopped says nothing. */
const answerMillis = 2000

/** What the holder says of itself; empty if it has just let go. */
function holderOf(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('data', (bytes) => {
      resolve(bytes.toString().trim())
      socket.destroy()
    })
    socket.setTimeout(answerMillis, () => {
      resolve('a process that does not answer')
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(''))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const end of waiters.get(server) ?? []) end()
  })
}
