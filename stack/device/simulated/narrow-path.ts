/**
 * The way into one direction of a link, over a router whose next link takes smaller packets at times: a larger one does not
 * pass, and its sender is told so through the other direction (RFC 1191). One thread.
 */
import { fragmentationNeeded, packetBytesOf } from './fragmentation-needed.ts'
import type { FrameEntrance } from './frame-direction.ts'

/** From frame `frame` on, counted from 0, packets of up to `mtuBytes` pass. */
export interface PathMtu {
  readonly frame: number
  readonly mtuBytes: number
}

/** What passes when the frame with this number comes; Infinity before the first change. */
export function mtuAt(changes: readonly PathMtu[], frame: number): number {
  let mtuBytes = Number.POSITIVE_INFINITY
  for (const change of changes) if (change.frame <= frame) mtuBytes = change.mtuBytes
  return mtuBytes
}

export class NarrowPath implements FrameEntrance {
  readonly #onward: FrameEntrance
  readonly #back: FrameEntrance
  readonly #changes: readonly PathMtu[]
  #sent = 0

  /** `changes`: in the order of their frames. */
  constructor(onward: FrameEntrance, back: FrameEntrance, changes: readonly PathMtu[]) {
    this.#onward = onward
    this.#back = back
    this.#changes = changes
  }

  send(from: Uint8Array, at: number, length: number): boolean {
    const mtuBytes = mtuAt(this.#changes, this.#sent)
    this.#sent += 1
    if (packetBytesOf(from, at, length) <= mtuBytes) return this.#onward.send(from, at, length)
    const error = fragmentationNeeded(from, at, length, mtuBytes)
    this.#back.send(error, 0, error.length)
    return true
  }
}
