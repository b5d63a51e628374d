/** A device for tests that keeps what is written, and has nothing to read. */
import type { Device, DeviceCapabilities } from '../../../device/device.ts'
import type { Region } from '../../../dominoes/memory/region.ts'

export interface KeptFrame {
  /** Where it lay. */
  readonly at: number
  readonly bytes: Uint8Array
}

export class KeptFrames implements Device {
  readonly capabilities: DeviceCapabilities
  readonly frames: KeptFrame[] = []
  readonly #region: Region

  constructor(region: Region, capabilities: DeviceCapabilities) {
    this.#region = region
    this.capabilities = capabilities
  }

  write(at: number, length: number): boolean {
    this.frames.push({ at, bytes: this.#region.bytes.slice(at, at + length) })
    return true
  }

  read(): number {
    return 0
  }

  wait(): void {}
  wake(): void {}
  close(): void {}
}
