/**
 * Where a replica builds the frames it sends: a few hundred bytes of slack and one largest frame, its own.
 *
 * A payload is placed so that source and destination agree modulo 8, since V8 copies shared memory word by
 * word only then and byte by byte otherwise (about five times slower).
 */

/** Slack before a frame: its virtio-net header, and up to 7 bytes to bring the payload into step. */
const slackBytes = 64

export function transmitBufferBytes(frameBytes: number): number {
  return slackBytes + frameBytes + 64
}

/** Byte offset at which a frame starts whose payload comes from `payloadFrom`, `headerBytes` into the frame. */
export function frameStart(bufferAt: number, headerBytes: number, payloadFrom: number): number {
  const start = bufferAt + slackBytes - 8
  return start + ((payloadFrom - (start + headerBytes)) & 7)
}
