/** An end of a simulated link that keeps every frame until it is flushed, as a device does that has a ring to send from. */
import type { Device, DeviceCapabilities } from '../../device/device.ts'
import type { LinkDirection } from '../../device/simulated/link-direction.ts'

export class KeepingDevice implements Device {
  readonly capabilities: DeviceCapabilities
  readonly #device: Device
  readonly #bytes: Uint8Array
  readonly #outgoing: LinkDirection
  readonly #kept: Uint8Array[] = []

  /** `bytes`: the region of the end that writes. */
  constructor(device: Device, bytes: Uint8Array, outgoing: LinkDirection) {
    this.capabilities = device.capabilities
    this.#device = device
    this.#bytes = bytes
    this.#outgoing = outgoing
  }

  get unsent(): number {
    return this.#kept.length
  }

  read(at: number, limit: number): number {
    return this.#device.read(at, limit)
  }

  write(at: number, length: number): boolean {
    this.#kept.push(this.#bytes.slice(at, at + length))
    return true
  }

  flush(): number {
    const lost = this.#kept.filter((frame) => !this.#outgoing.send(frame, 0, frame.length))
    this.#kept.length = 0
    return lost.length
  }

  wait(): void {}

  wake(): void {}

  close(): void {}
}
