/**
 * For tests: runs code in a network namespace of its own, which needs no container and leaves nothing behind. The
 * calling thread moves into it and back; interfaces made inside vanish with their descriptors. Needs SYS_ADMIN.
 */
import koffi from 'koffi'
import { closeFile, lastErrno, OpenFlag, openFile, systemError } from './system-calls.ts'

const newNetwork = 0x40000000
const threadNamespace = '/proc/thread-self/ns/net'
const library = koffi.load(null)
const unshare: (flags: number) => number = library.func('int unshare(int flags)')
const setNamespace: (fd: number, kind: number) => number = library.func('int setns(int fd, int kind)')

/** Moves this thread into a new, empty network namespace; returns what moves it back. Throws DeviceError. */
export function enterNewNetworkNamespace(): () => void {
  const home = openFile(threadNamespace, OpenFlag.closeOnExec, 0)
  if (home < 0) throw systemError('open this thread’s namespace', 'network namespace', lastErrno())
  if (unshare(newNetwork) < 0) {
    const errno = lastErrno()
    closeFile(home)
    throw systemError('make a network namespace', 'network namespace', errno, 'needs SYS_ADMIN')
  }
  return () => {
    if (setNamespace(home, newNetwork) < 0) {
      throw systemError('return to the namespace', 'network namespace', lastErrno())
    }
    closeFile(home)
  }
}
