/**
 * IPv4 fragments as another host would make and join them: slow, on copies, and without the code that is tested. Frames
 * are whole Ethernet frames whose IP header has no options.
 */

const ipAt = 14
const payloadAt = 34
const Ip = {
  totalLength: 16,
  identification: 18,
  fragment: 20,
  protocol: 23,
  checksum: 24,
  source: 26,
} as const
const moreFragments = 0x2000

/** The frame in pieces of at most `pieceBytes` of IP payload, a multiple of 8, in order. */
export function cutFrame(frame: Uint8Array, identification: number, pieceBytes: number): Uint8Array[] {
  const length = ipLengthOf(frame) - 20
  const pieces: Uint8Array[] = []
  for (let offset = 0; offset < length; offset += pieceBytes) {
    const end = Math.min(offset + pieceBytes, length)
    pieces.push(pieceOf(frame, identification, offset, end, end < length))
  }
  return pieces
}

/** Bytes `offset` to `end` of the frame's IP payload as a fragment. */
export function pieceOf(
  frame: Uint8Array,
  identification: number,
  offset: number,
  end: number,
  isFollowed: boolean,
): Uint8Array {
  const piece = new Uint8Array(payloadAt + end - offset)
  piece.set(frame.subarray(0, payloadAt))
  piece.set(frame.subarray(payloadAt + offset, payloadAt + end), payloadAt)
  const view = new DataView(piece.buffer)
  view.setUint16(Ip.totalLength, 20 + end - offset)
  view.setUint16(Ip.identification, identification)
  view.setUint16(Ip.fragment, (isFollowed ? moreFragments : 0) | (offset >> 3))
  sealHeader(view)
  return piece
}

/** Writes the checksum of the IP header. */
export function sealHeader(view: DataView): void {
  view.setUint16(Ip.checksum, 0)
  view.setUint16(Ip.checksum, ~sumOf(new Uint8Array(view.buffer, view.byteOffset + ipAt, 20)) & 0xffff)
}

/** The Internet checksum's sum, by the book. */
export function sumOf(bytes: Uint8Array): number {
  let sum = 0
  for (let k = 0; k < bytes.length; k++) sum += (bytes[k] as number) << (k & 1 ? 0 : 8)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return sum
}

export function ipLengthOf(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint16(Ip.totalLength)
}

/** Joins fragments. Every overlap, gap or wrong header is a failure, since whoever sends here makes none. */
export class Joiner {
  readonly #parts = new Map<string, { pieces: Map<number, Uint8Array>; end: number }>()

  /** The IP payload that is whole with this frame; undefined if it is not yet. Throws what is wrong with it. */
  join(frame: Uint8Array): Uint8Array | undefined {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
    if (sumOf(frame.subarray(ipAt, payloadAt)) !== 0xffff) throw new Error('wrong IP header checksum')
    const payload = frame.slice(payloadAt, ipAt + ipLengthOf(frame))
    const bits = view.getUint16(Ip.fragment)
    const offset = (bits & 0x1fff) * 8
    const isFollowed = (bits & moreFragments) !== 0
    if (!isFollowed && offset === 0) return payload
    if ((bits & 0x4000) !== 0) throw new Error('a fragment that must not be fragmented')
    if (isFollowed && payload.length % 8 !== 0) throw new Error(`a fragment of ${payload.length} bytes`)
    const key = `${view.getUint32(Ip.source)} ${view.getUint16(Ip.identification)} ${view.getUint8(Ip.protocol)}`
    const part = this.#parts.get(key) ?? { pieces: new Map<number, Uint8Array>(), end: -1 }
    this.#parts.set(key, part)
    part.pieces.set(offset, payload)
    if (!isFollowed) part.end = offset + payload.length
    const whole = new Uint8Array(Math.max(part.end, 0))
    let position = 0
    for (let next = part.pieces.get(0); next !== undefined; next = part.pieces.get(position)) {
      if (part.end >= 0) whole.set(next, position)
      position += next.length
    }
    if (position !== part.end) return undefined
    this.#parts.delete(key)
    return whole
  }
}
