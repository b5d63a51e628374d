/** A packet as it passes, before anything is said of it: its two halves, each for one direction. Numbers as on the wire. */

/** Where and when a packet passed. */
export interface Passing {
  readonly frame: number
  readonly micros: number
  readonly flags: number
}

export interface SentSegment extends Passing {
  readonly sequence: number
  readonly length: number
  /** Of payload, SYN and FIN. */
  readonly sequenceLength: number
  readonly timestamp: number | undefined
  readonly roundTripMicros: number | undefined
}

export interface SentAcknowledgment extends Passing {
  readonly acknowledgment: number
  readonly rawWindow: number
  readonly window: number
  readonly sack: readonly (readonly [number, number])[]
  readonly echo: number | undefined
  /** Nothing else is in the packet, and it does not begin before its sender's data ends: it is none of long ago. */
  readonly isBare: boolean
}
