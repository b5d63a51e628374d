import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { demultiplex, lineCutter } from './multiplexed.ts'

function framed(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

describe('demultiplexing', () => {
  const bytes = Buffer.concat([framed(1, 'out'), framed(2, 'error'), framed(1, ''), framed(1, 'put')])

  it.each([1, 2, 7, 9, 1000])('tells the outputs apart in pieces of %i bytes', async (size) => {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    )
    const text = { stdout: '', stderr: '' }
    await demultiplex(Readable.from(pieces), (output, piece) => {
      text[output] += piece.toString()
    })
    expect(text).toEqual({ stdout: 'output', stderr: 'error' })
  })
})

describe('cutting lines', () => {
  it('joins pieces, characters of several bytes included, and keeps a last line without its newline', () => {
    const lines: string[] = []
    const cutter = lineCutter((line) => lines.push(line))
    for (const byte of Buffer.from('größe\n\nlast')) cutter.push(Uint8Array.of(byte))
    expect(lines).toEqual(['größe', ''])
    cutter.end()
    expect(lines).toEqual(['größe', '', 'last'])
    cutter.end()
    expect(lines).toHaveLength(3)
  })
})
