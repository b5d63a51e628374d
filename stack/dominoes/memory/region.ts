/**
 * A region is one SharedArrayBuffer that holds every shared structure of a stack, seen through two
 * views that span it all. One pair of views means that bytes move between any two structures with
 * `copyWithin`, which allocates nothing.
 *
 * Written by: the thread that plans it, before any other thread starts. Invariant: reservations never
 * overlap and start on a control line (128 bytes: two cache lines, since adjacent lines are fetched in pairs).
 */

export const lineBytes = 128
export const lineWords = lineBytes / 4

export interface Region {
  readonly buffer: SharedArrayBuffer
  /** The region as little-endian 32-bit words. */
  readonly words: Int32Array
  readonly bytes: Uint8Array
}

/** Views over a region that another thread made. */
export function openRegion(buffer: SharedArrayBuffer): Region {
  return { buffer, words: new Int32Array(buffer), bytes: new Uint8Array(buffer) }
}

/** Adds up reservations before the region exists; offsets are in bytes from its start. */
export class RegionPlan {
  #size = 0

  reserve(sizeBytes: number): number {
    const offset = this.#size
    this.#size += Math.ceil(sizeBytes / lineBytes) * lineBytes
    return offset
  }

  get sizeBytes(): number {
    return this.#size
  }

  allocate(): Region {
    return openRegion(new SharedArrayBuffer(this.#size))
  }
}
