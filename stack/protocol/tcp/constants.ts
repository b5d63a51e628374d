/** Numbers that RFCs recommend, with their sources. Times in microseconds. */

/** RFC 9293 section 3.7.1: the MSS to assume if the option is absent. */
export const defaultMaximumSegment = 536
/** Least segment that a path MTU report can bring about: lower reports are forged or useless. */
export const leastMaximumSegment = 216
/** Least segment that a peer can ask for: below it, nearly all traffic would be headers. */
export const leastOfferedSegment = 64
export const ipAndTcpHeaderBytes = 40
/** A timestamps option and its padding. */
export const timestampOptionBytes = 12
/** RFC 7323 section 2.3 */
export const windowScaleLimit = 14
export const unscaledWindowLimit = 65535

/** RFC 6928 */
export const initialWindowSegments = 10
export const unlimitedThreshold = 0x3fffffff
/** Congestion windows stay below this, so that sums of two fit in 31 bits. */
export const congestionWindowLimit = 0x3fffffff

/** RFC 6298 section 2.1, 5.7 and 2.5 */
export const initialRtoMicros = 1_000_000
export const rtoAfterSynLossMicros = 3_000_000
export const maximumRtoMicros = 60_000_000
/** RFC 9293 section 3.8.3: R2 at least 100 s; for a SYN at least 3 minutes in all. */
export const retransmissionLimit = 15
export const synRetransmissionLimit = 7
export const synAckRetransmissionLimit = 5
export const windowProbeLimit = 15
/** Most retransmissions or window probes in a row for an orphan (Linux: tcp_orphan_retries). */
export const orphanRetryLimit = 8

/** How long a released connection waits for the peer's FIN in FIN-WAIT-2. */
export const finWait2Micros = 60_000_000

/** RFC 8985 section 7.2: WCDelAckT, the worst delayed ACK to allow for. */
export const worstDelayedAckMicros = 200_000
/** RFC 8985 section 7.2: the probe timeout before the first sample, and its least value after. */
export const initialProbeMicros = 1_000_000
export const leastProbeMicros = 2_000
/** RFC 8985 section 6.2: rounds for which an enlarged reordering window is kept. */
export const reorderingPersistRounds = 16
/** RFC 6675 DupThresh */
export const duplicateThreshold = 3

/**
 * Full segments that are acknowledged at once at the start of a connection, so that the peer's slow start is not
 * delayed.
 */
export const quickAckSegments = 16

/** Period of the windowed minimum of the round-trip time, in milliseconds. */
export const minimumRttPeriodMillis = 300_000

/**
 * On one connection, answers that only report a refused segment are at least this far apart (RFC 5961 section 7), so
 * that two hosts do not answer each other forever.
 */
export const answerIntervalMicros = 10_000

/** RFC 7323 section 5.5: TS.Recent is no longer to be trusted after 24 days. */
export const timestampOutdatedMillis = 24 * 24 * 3600 * 1000
