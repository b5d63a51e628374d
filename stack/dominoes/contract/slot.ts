/**
 * Layout of one slot: a request as a replicated channel carries it, and as the sequential strategy
 * holds it without any channel.
 *
 *   word   0  sequence    channel index + 1 once published          written by the producer
 *          1  kind        what the request is; the domain's choice   producer
 *          2  time        microseconds, 32 bits, wrapping            producer
 *          3  random      32 random bits                             producer
 *          4  length      bytes of payload in the slot               producer
 *       5..31 arguments   of an application's request                producer
 *   ── line ────────────────────────────────────────────────────────────────────
 *         32  claim       index + 1 once its check is claimed              the claimant, by compare-exchange
 *         33  verdict     0 while pending, then what check returned         the claimant
 *         34  performer   index + 1 once all its actions are claimed       the claimant, by compare-exchange
                         (the producer resets all three before it publishes)
 *   ── line ────────────────────────────────────────────────────────────────────
 *     64..127 head        what check decoded                         the claimant, before the verdict
 *   ── byte 512 ───────────────────────────────────────────────────────────────
 *             payload     up to slotBytes - 512 bytes                producer
 *
 * A slot is named by the word offset of its word 0 in the region (`slot`): a small integer, no object.
 * Invariant: everything but claims and verdict is constant from publication until all replicas passed.
 */

export const SlotWord = {
  sequence: 0,
  kind: 1,
  time: 2,
  random: 3,
  length: 4,
  arguments: 5,
  claim: 32,
  verdict: 33,
  performer: 34,
  head: 64,
} as const

export const slotArgumentWords = 27
export const slotHeadWords = 64
/** Bytes from the start of a slot to its payload. */
export const slotPayloadOffset = 512

/** Slot sizes: MTU-sized frames, and 64 KiB super-frames with their virtio-net header. */
export const slotBytesForFrames = 2048
export const slotBytesForSuperFrames = 66 * 1024

/** Verdicts below zero are a domain's reasons for refusal; zero is pending. */
export const verdictPending = 0
