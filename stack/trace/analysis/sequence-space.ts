/**
 * Sequence numbers of one direction as distances from its first, which do not wrap. On the wire they are 32 bits and a
 * transfer may be longer; so a number is read as the one nearest to where the transfer is (RFC 9293 section 3.4).
 */
import { sequenceDistance } from '../../protocol/tcp/sequence.ts'

export class SequenceSpace {
  /** 32 bits; undefined until the first number is known. */
  #first: number | undefined

  get isKnown(): boolean {
    return this.#first !== undefined
  }

  get first(): number | undefined {
    return this.#first
  }

  /** `first` counts as 0. */
  begin(first: number): void {
    this.#first = first
  }

  /** The distance of a 32-bit number from the first, nearest to the distance `near`. */
  unwrap(sequence: number, near: number): number {
    return near + sequenceDistance((this.#first ?? 0) + near, sequence)
  }
}
