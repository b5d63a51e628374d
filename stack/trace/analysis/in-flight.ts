/**
 * Segments that have not been acknowledged, with the times at which they passed: where round trips come from. In order
 * of sequence numbers.
 *
 * A segment that was sent once gives a sample by its acknowledgment. One that was sent again gives none (Karn's rule,
 * RFC 6298 section 3) unless the echoed timestamp tells which of its transmissions was answered (RFC 7323 section 4).
 * Nor does one that waited behind a hole, or was reported by SACK before: its acknowledgment answers another segment.
 */
import type { Range, RoundTrip } from './records.ts'

interface Transmission {
  readonly micros: number
  readonly timestamp: number | undefined
}

interface Waiting extends Range {
  readonly transmissions: Transmission[]
}

/** Where acknowledgments are missing, the earliest segments are given up. */
const waitingLimit = 65_536

export class InFlight {
  #waiting: Waiting[] = []

  send({ from, to }: Range, transmission: Transmission): void {
    const waiting = this.#waiting
    let place = waiting.length
    while (place > 0 && (waiting[place - 1] as Waiting).from > from) place -= 1
    waiting.splice(place, 0, { from, to, transmissions: [transmission] })
    // Half at once: to move all for each segment would take longer than all else.
    if (waiting.length > waitingLimit) waiting.splice(0, waitingLimit / 2)
  }

  sendAgain({ from, to }: Range, transmission: Transmission): void {
    for (const each of this.#waiting) {
      if (each.from >= to) return
      if (from < each.to) each.transmissions.push(transmission)
    }
  }

  /** All below `edge` is acknowledged now; `isReported` tells whether SACK reported a range before. */
  acknowledge(
    edge: number,
    micros: number,
    echo: number | undefined,
    isReported: (range: Range) => boolean,
  ): RoundTrip | undefined {
    const count = this.#waiting.findIndex(({ to }) => to > edge)
    const answered = this.#waiting.splice(0, count < 0 ? this.#waiting.length : count)
    const [first, last] = [answered[0], answered.at(-1)]
    if (first === undefined || last === undefined) return undefined
    const transmission = last.transmissions[0] as Transmission
    if (answered.every((each) => each.transmissions.length === 1 && !isReported(each))) {
      return last.to === edge ? { micros: micros - transmission.micros, by: 'sequence' } : undefined
    }
    // What moved the edge was the first: the receiver echoes the timestamp of the segment that filled the hole.
    const matching = first.transmissions.filter(
      ({ timestamp }) => timestamp !== undefined && timestamp === echo,
    )
    const [match] = matching
    if (matching.length !== 1 || match === undefined) return undefined
    return { micros: micros - match.micros, by: 'timestamps' }
  }
}
