/**
 * What a receiver knows of numbered datagrams. Invariant: every datagram that it takes is counted once, as the first with its
 * number, as a duplicate or as damaged.
 */

/** More than any sample sends. */
const mostDatagrams = 2 ** 27

export class DatagramAccount {
  distinct = 0
  duplicated = 0
  /** RFC 4737 section 3.3: numbers below `next`. */
  reordered = 0
  damaged = 0
  /** One more than the highest number that arrived: NextExp of RFC 4737. */
  next = 0
  /** 1 for each number that arrived. */
  #seen = new Uint8Array(2 ** 16)

  /** Counts a datagram; true if it is the first with this number. The number -1 stands for a damaged datagram. */
  take(number: number): boolean {
    if (number < 0 || number >= mostDatagrams) {
      this.damaged++
      return false
    }
    if (number >= this.#seen.length) this.#grow(number)
    if (this.#seen[number] === 1) {
      this.duplicated++
      return false
    }
    this.#seen[number] = 1
    this.distinct++
    if (number < this.next) this.reordered++
    else this.next = number + 1
    return true
  }

  #grow(number: number): void {
    const larger = new Uint8Array(2 ** Math.ceil(Math.log2(number + 1)))
    larger.set(this.#seen)
    this.#seen = larger
  }
}
