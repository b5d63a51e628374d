/**
 * The system calls that devices need, through the C library of the process. Any thread; nothing is copied:
 * a typed array, also one over shared memory, is passed as its address, so calls leave no garbage behind.
 * File descriptors are numbers that hold for all threads of the process.
 */
import { getSystemErrorName } from 'node:util'
import koffi from 'koffi'
import { DeviceError } from '../device.ts'

const library = koffi.load(null)

/** Each returns -1 on failure; `lastErrno` then says why. */
export const openFile: (path: string, flags: number, mode: number) => number = library.func(
  'int open(const char *path, int flags, int mode)',
)
export const closeFile: (fd: number) => number = library.func('int close(int fd)')
export const readFile: (fd: number, to: Uint8Array, length: number) => number = library.func(
  'long read(int fd, uint8_t *to, size_t length)',
)
export const writeFile: (fd: number, from: Uint8Array, length: number) => number = library.func(
  'long write(int fd, const uint8_t *from, size_t length)',
)
/** `vector`: a `struct iovec` for each of `count` pieces of memory (see `frame-vector.ts`). */
export const writeVector: (fd: number, vector: Int32Array, count: number) => number = library.func(
  'long writev(int fd, const int32_t *vector, int count)',
)
export const readVector: (fd: number, vector: Int32Array, count: number) => number = library.func(
  'long readv(int fd, const int32_t *vector, int count)',
)
/** `argument` holds a structure that the request reads and writes. */
export const ioctl: (fd: number, request: number, argument: Uint8Array) => number = library.func(
  'int ioctl(int fd, unsigned long request, uint8_t *argument)',
)
/** For the few requests whose argument is a number and not an address. */
export const ioctlValue: (fd: number, request: number, value: number) => number = library.func(
  'int ioctl(int fd, unsigned long request, unsigned long value)',
)
export const eventfd: (initial: number, flags: number) => number = library.func(
  'int eventfd(unsigned int initial, int flags)',
)
/** `entries`: 8-byte records of descriptor, events and returned events; `timeout`: 8 bytes seconds, 8 nanoseconds. */
export const ppoll: (entries: Int32Array, count: number, timeout: Int32Array, mask: null) => number =
  library.func('int ppoll(int32_t *entries, unsigned long count, const int32_t *timeout, const void *mask)')
export const socket: (domain: number, type: number, protocol: number) => number = library.func(
  'int socket(int domain, int type, int protocol)',
)
/** `pair`: two descriptors, each other's ends. */
export const socketPair: (domain: number, type: number, protocol: number, pair: Int32Array) => number =
  library.func('int socketpair(int domain, int type, int protocol, int32_t *pair)')
export const bind: (fd: number, address: Uint8Array, length: number) => number = library.func(
  'int bind(int fd, const uint8_t *address, uint32_t length)',
)
export const setSocketOption: (
  fd: number,
  level: number,
  name: number,
  value: Uint8Array,
  length: number,
) => number = library.func(
  'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)',
)
/** Without bytes (`from` null, `length` 0), on a socket with a transmit ring: sends what the ring holds. */
export const sendMessage: (fd: number, from: null, length: number, flags: number) => number = library.func(
  'long send(int fd, const void *from, size_t length, int flags)',
)

/** Returns the address of the mapping, or -1. */
export const mapFile: (
  wanted: null,
  length: number,
  protection: number,
  flags: number,
  fd: number,
  offset: number,
) => number = library.func(
  'intptr_t mmap(void *wanted, size_t length, int protection, int flags, int fd, long offset)',
)
export const unmapFile: (address: number, length: number) => number = library.func(
  'int munmap(uintptr_t address, size_t length)',
)

/** `thread`: 0 is the calling one; `mask`: a bit for each processor. */
export const schedSetAffinity: (thread: number, length: number, mask: Uint8Array) => number = library.func(
  'int sched_setaffinity(int thread, size_t length, const uint8_t *mask)',
)
export const schedGetAffinity: (thread: number, length: number, mask: Uint8Array) => number = library.func(
  'int sched_getaffinity(int thread, size_t length, uint8_t *mask)',
)

/** Gives the processor to another thread that is ready, if there is one. */
export const yieldProcessor: () => number = library.func('int sched_yield(void)')

/** Where shared memory lies in this process. */
export function addressOf(buffer: SharedArrayBuffer): bigint {
  return koffi.address(new Uint8Array(buffer))
}

/** Memory of this process that the engine does not own, as a buffer. It must stay mapped as long as the buffer is used. */
export function bufferAt(address: number, length: number): ArrayBuffer {
  return koffi.view(BigInt(address), length)
}

/** Error number of this thread's last failed call; ask at once and only after a failure. */
export function lastErrno(): number {
  return koffi.errno()
}

export const Errno = {
  notPermitted: 1,
  noEntry: 2,
  interrupted: 4,
  inputOutput: 5,
  tryAgain: 11,
  busy: 16,
  noDevice: 19,
  badArgument: 22,
  networkDown: 100,
  noBuffers: 105,
} as const

export const OpenFlag = { readWrite: 2, nonBlocking: 0o4000, closeOnExec: 0o2000000 } as const
export const PollEvent = { input: 1 } as const
export const Protection = { read: 1, write: 2 } as const
/** `populate`: all pages are there at once, so that no access faults later. */
export const MapFlag = { shared: 0x01, populate: 0x8000 } as const
export const MessageFlag = { dontWait: 0x40 } as const

/** A DeviceError for the call that just failed: `cannot <doing>: EPERM: <remedy>`. */
export function systemError(doing: string, device: string, errno: number, remedy = ''): DeviceError {
  const reason = getSystemErrorName(-errno)
  const tail = remedy === '' ? '' : `: ${remedy}`
  return new DeviceError(`cannot ${doing}: ${reason}${tail}`, device, errno)
}
