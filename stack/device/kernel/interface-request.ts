/**
 * Network interfaces by name, in the calling thread's network namespace (netdevice(7)). For setting up; any
 * thread.
 */
import { closeFile, ioctl, lastErrno, OpenFlag, socket, systemError } from './system-calls.ts'

export const interfaceNameLimit = 15

const requestBytes = 40
const valueAt = 16

const InterfaceControl = {
  getFlags: 0x8913,
  setFlags: 0x8914,
  getMtu: 0x8921,
  setMtu: 0x8922,
  getIndex: 0x8933,
}
const interfaceUp = 1
const Domain = { inet: 2 } as const
const SocketType = { datagram: 2 } as const

/** A `struct ifreq`: the interface's name, then one value whose type depends on the request. */
export class InterfaceRequest {
  readonly bytes = new Uint8Array(requestBytes)
  readonly #view = new DataView(this.bytes.buffer)

  constructor(name: string) {
    new TextEncoder().encodeInto(name, this.bytes.subarray(0, interfaceNameLimit))
  }

  get name(): string {
    return new TextDecoder().decode(this.bytes.subarray(0, this.bytes.indexOf(0)))
  }

  get flags(): number {
    return this.#view.getInt16(valueAt, true)
  }

  setFlags(flags: number): void {
    this.#view.setInt16(valueAt, flags, true)
  }

  get value(): number {
    return this.#view.getInt32(valueAt, true)
  }

  set value(value: number) {
    this.#view.setInt32(valueAt, value, true)
  }
}

export function setInterfaceMtu(name: string, mtuBytes: number): void {
  const request = new InterfaceRequest(name)
  request.value = mtuBytes
  control(request, InterfaceControl.setMtu, `set an MTU of ${mtuBytes}`)
}

export function interfaceMtu(name: string): number {
  const request = new InterfaceRequest(name)
  control(request, InterfaceControl.getMtu, 'read the MTU')
  return request.value
}

export function interfaceIndex(name: string): number {
  const request = new InterfaceRequest(name)
  control(request, InterfaceControl.getIndex, 'find the interface')
  return request.value
}

export function setInterfaceUp(name: string): void {
  const request = new InterfaceRequest(name)
  control(request, InterfaceControl.getFlags, 'read the flags')
  request.setFlags(request.flags | interfaceUp)
  control(request, InterfaceControl.setFlags, 'set the interface up')
}

function control(request: InterfaceRequest, code: number, doing: string): void {
  const { name } = request
  const fd = socket(Domain.inet, SocketType.datagram | OpenFlag.closeOnExec, 0)
  if (fd < 0) throw systemError('open a socket', name, lastErrno())
  const failed = ioctl(fd, code, request.bytes) < 0
  const errno = failed ? lastErrno() : 0
  closeFile(fd)
  if (failed) throw systemError(`${doing} of ${name}`, name, errno)
}
