/**
 * Addresses within a region for system calls: a view that starts at a byte offset, made once and then found
 * again. A stack reads and writes at a fixed set of offsets (its slots and transmit buffers), so after the
 * first round nothing is allocated. One instance per thread.
 */
import type { Region } from '../dominoes/memory/region.ts'

export class RegionViews {
  readonly #buffer: SharedArrayBuffer
  readonly #views = new Map<number, Uint8Array>()

  constructor(region: Pick<Region, 'buffer'>) {
    this.#buffer = region.buffer
  }

  /** The bytes from `at` to the region's end, of which the caller will use `length`. Throws if they are not there. */
  from(at: number, length: number): Uint8Array {
    const view = this.#views.get(at) ?? this.#add(at)
    // The system call writes to memory unchecked: this is the bounds check.
    if (length < 0 || length > view.length) throw new RangeError(`${length} bytes at ${at} leave the region`)
    return view
  }

  #add(at: number): Uint8Array {
    const view = new Uint8Array(this.#buffer, at)
    this.#views.set(at, view)
    return view
  }
}
