/**
 * An end of a simulated link behind which a router with a smaller MTU cuts every IPv4 packet, "don't
 * fragment" or not.
 */
import type { Device, DeviceCapabilities } from '../../device/device.ts'
import type { LinkDirection } from '../../device/simulated/link-direction.ts'
import { cutFrame } from './fragments.ts'

export class FragmentingDevice implements Device {
  readonly capabilities: DeviceCapabilities
  readonly #device: Device
  readonly #bytes: Uint8Array
  readonly #outgoing: LinkDirection
  readonly #pieceBytes: number
  #identification = 0

  /** `bytes`: the region of the end that writes; `pieceBytes`: of IP payload in a fragment, a multiple of 8. */
  constructor(device: Device, bytes: Uint8Array, outgoing: LinkDirection, pieceBytes: number) {
    this.capabilities = device.capabilities
    this.#device = device
    this.#bytes = bytes
    this.#outgoing = outgoing
    this.#pieceBytes = pieceBytes
  }

  read(at: number, limit: number): number {
    return this.#device.read(at, limit)
  }

  write(at: number, length: number): boolean {
    const frame = this.#bytes.slice(at, at + length)
    const isPacket = frame[12] === 8 && frame[13] === 0
    if (!isPacket || length <= 34 + this.#pieceBytes) return this.#device.write(at, length)
    this.#identification = (this.#identification + 1) & 0xffff
    for (const piece of cutFrame(frame, this.#identification, this.#pieceBytes)) {
      this.#outgoing.send(piece, 0, piece.length)
    }
    return true
  }

  wait(): void {}

  wake(): void {}

  close(): void {}
}
