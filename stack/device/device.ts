/**
 * A device moves whole Ethernet frames. Implementations: TAP, packet socket and packet ring on a veth, frame pair,
 * simulated link.
 * A wrapper (the pcap recorder) is a device around a device.
 *
 * Any thread of the stack may call `write` and `flush`; `read` and `wait` belong to whoever holds the producer role.
 * Each thread opens a device of its own over the shared descriptor: a device holds no shared mutable state
 * outside the region.
 */

export interface DeviceCapabilities {
  /** Largest frame without its virtio-net header, in bytes: 14 + MTU, or 64 KiB where super-frames arrive. */
  readonly frameBytes: number
  /** The same of a frame that is sent, where it may be larger than those that arrive. Default: `frameBytes`. */
  readonly sentFrameBytes?: number
  /** A 12-byte virtio-net header precedes every frame. */
  readonly virtioHeader: boolean
  /** The device completes transmit checksums and vouches for receive checksums (needs the header). */
  readonly checksumOffload: boolean
  /** It cuts a TCP packet that is larger than the MTU, as its header says (TSO, GSO). Default: false. */
  readonly segmentationOffload?: boolean
}

/** Largest frame that may be sent, without its virtio-net header, in bytes. */
export function sentFrameBytesOf({ frameBytes, sentFrameBytes = frameBytes }: DeviceCapabilities): number {
  return sentFrameBytes
}

/**
 * Up to three places of the region in which a frame lies, or is to lie, one after the other: a head, and a payload in one
 * piece or two. Any may be empty. Whoever sends or reads has one of these, and fills it anew for each frame.
 */
export interface FrameParts {
  /** Byte offset and bytes of the head, with the virtio-net header if there is one. */
  at: number
  length: number
  bodyAt: number
  bodyLength: number
  restAt: number
  restLength: number
}

export interface Device {
  readonly capabilities: DeviceCapabilities

  /**
   * Reads one frame into the region at byte offset `at`, at most `limit` bytes.
   * Returns its length in bytes, 0 if none is waiting. Throws DeviceError if the device is gone.
   */
  read(at: number, limit: number): number

  /**
   * Reads one frame into the places that `parts` names, one after the other, each as far as it goes. Returns and throws as
   * `read`. Absent where a device cannot scatter.
   */
  readParts?(parts: FrameParts): number

  /** Sends the frame of `length` bytes at byte offset `at`. False: the device had no room; the frame is lost. */
  write(at: number, length: number): boolean

  /** Sends a frame from the places where it lies. Returns as `write`. Absent where a device cannot gather. */
  writeParts?(parts: FrameParts): boolean

  /**
   * Sends what `write` and `writeParts` took from this thread and kept. Whoever writes calls it when it has nothing more to
   * write at once, and before it sleeps. Returns how many of the frames that were taken are lost after all, since the call
   * before. Absent where a frame that is taken is sent.
   */
  flush?(): number

  /** Blocks until a frame may be waiting, `wake` was called, or `micros` passed. */
  wait(micros: number): void

  /** Ends another thread's `wait`. Any thread. */
  wake(): void

  close(): void
}

export class DeviceError extends Error {
  override readonly name = 'DeviceError'
  readonly device: string
  /** The system's error number; 0 where there is none. */
  readonly errno: number

  constructor(message: string, device: string, errno = 0) {
    super(message)
    this.device = device
    this.errno = errno
  }
}
