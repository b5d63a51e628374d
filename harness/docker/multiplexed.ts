import type { Readable } from 'node:stream'

/**
 * The engine's framing of a process's two outputs over one connection: a header of 8 bytes (1: stdout, 2: stderr;
 * three zeros; length, big-endian) before every piece.
 */
export type OutputName = 'stdout' | 'stderr'

const headerBytes = 8

/** Reads the connection to its end and hands over every complete or partial piece as it arrives. */
export async function demultiplex(
  connection: Readable,
  onPiece: (output: OutputName, piece: Buffer) => void,
): Promise<void> {
  let header = Buffer.alloc(0)
  let output: OutputName = 'stdout'
  let remainingBytes = 0
  for await (const chunk of connection) {
    let rest: Buffer = chunk
    while (rest.length > 0) {
      if (remainingBytes > 0) {
        const piece = rest.subarray(0, remainingBytes)
        remainingBytes -= piece.length
        rest = rest.subarray(piece.length)
        onPiece(output, piece)
        continue
      }
      const missingBytes = headerBytes - header.length
      header = Buffer.concat([header, rest.subarray(0, missingBytes)])
      rest = rest.subarray(missingBytes)
      if (header.length < headerBytes) continue
      output = header[0] === 2 ? 'stderr' : 'stdout'
      remainingBytes = header.readUInt32BE(4)
      header = Buffer.alloc(0)
    }
  }
}

/** Cuts text that arrives in pieces into lines; call `end` for a last line without its newline. */
export function lineCutter(onLine: (line: string) => void) {
  const decoder = new TextDecoder()
  let partial = ''
  return {
    push(piece: Uint8Array): void {
      const lines = (partial + decoder.decode(piece, { stream: true })).split('\n')
      partial = lines.pop() ?? ''
      for (const line of lines) onLine(line)
    },
    end(): void {
      const last = partial + decoder.decode()
      partial = ''
      if (last !== '') onLine(last)
    },
  }
}
