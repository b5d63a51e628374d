/** One direction of a link, as the devices at its two ends see it. One thread. */

export interface FrameEntrance {
  /** Takes the frame of `length` bytes at byte `at`; false if there is no room for it. */
  send(from: Uint8Array, at: number, length: number): boolean
}

export interface FrameExit {
  /** Copies the next frame that has arrived, at most `limit` bytes of it; returns how many, 0 if none has. */
  peek(to: Uint8Array, at: number, limit: number): number

  /** As `peek`, and takes the frame. */
  receive(to: Uint8Array, at: number, limit: number): number
}
