import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CtpKind, ctpHeaderBytes, MicroprotocolBit } from './ctp.ts'
import { decodeFrame } from './frame.ts'
import { CtpWord, Format, HeaderWord, Verdict } from './header.ts'
import { Bench, message } from './testing/frame-fixtures.ts'

const { data, acknowledgment } = CtpKind
const { numbering, reliability } = MicroprotocolBit
const packetHeaders = 34

function decode(bench: Bench, length: number): number {
  return decodeFrame(bench.bytes, bench.frameAt, length, bench.words, 0, false)
}

describe('a message', () => {
  test('that is written is read with the same fields, whatever they are', () => {
    const bench = new Bench()
    const port = fc.nat(0xffff)
    const cases = fc.record({
      sourcePort: port,
      destinationPort: port,
      isData: fc.boolean(),
      microprotocols: fc.integer({ min: 0, max: 15 }),
      number: fc.integer(),
      next: fc.integer(),
      edge: fc.integer(),
      held: fc.array(fc.integer(), { minLength: 4, maxLength: 4 }),
      length: fc.nat(999),
    })
    fc.assert(
      fc.property(cases, ({ isData, held, length, microprotocols: drawn, ...fields }) => {
        const microprotocols = isData ? drawn : drawn | reliability
        const kind = isData ? data : acknowledgment
        const payloadLength = isData ? length : 0
        const written = message({ ...fields, ctpKind: kind, microprotocols }, held)
        const frameLength = bench.ctp(written, payloadLength)
        expect(decode(bench, frameLength)).toBe(Verdict.accepted)
        expect(bench.head(HeaderWord.format)).toBe(Format.ctp)
        const headerBytes = ctpHeaderBytes(kind, microprotocols)
        expect(bench.head(HeaderWord.payloadOffset)).toBe(packetHeaders + headerBytes)
        expect(bench.head(HeaderWord.payloadLength)).toBe(payloadLength)
        const isNumbered = (microprotocols & numbering) !== 0
        expect(bench.head(HeaderWord.sourcePort)).toBe(fields.sourcePort)
        expect(bench.head(HeaderWord.destinationPort)).toBe(fields.destinationPort)
        expect(bench.head(HeaderWord.microprotocols)).toBe(microprotocols)
        if (isData) expect(bench.head(HeaderWord.number)).toBe(isNumbered ? fields.number : 0)
        else {
          for (let word = CtpWord.next; word < CtpWord.held + 4; word += 1) {
            expect(bench.head(HeaderWord.sourcePort + word)).toBe(written[word])
          }
        }
      }),
    )
  })

  test.each([
    ['of an unknown kind', message({ ctpKind: 3 }), 10],
    ['with an unknown microprotocol', message({ ctpKind: data, microprotocols: 16 }), 10],
    ['that acknowledges and has payload', message({ ctpKind: acknowledgment, microprotocols: 5 }), 1],
    ['that acknowledges without reliability', message({ ctpKind: acknowledgment, microprotocols: 3 }), 0],
  ] as const)('%s is malformed', (_, record, payloadLength) => {
    const bench = new Bench()
    expect(decode(bench, bench.ctp(record, payloadLength))).toBe(Verdict.malformed)
  })

  test('cut within its number is malformed', () => {
    const bench = new Bench()
    // Without numbering a payload of 3 bytes; with it the number would not fit.
    const length = bench.ctp(message({ ctpKind: data }), 3)
    bench.bytes[bench.frameAt + packetHeaders + 7] = numbering
    expect(decode(bench, length)).toBe(Verdict.malformed)
  })

  test('any flipped bit is found', () => {
    const bench = new Bench()
    const length = bench.ctp(message({ ctpKind: data, microprotocols: 15, number: 77 }), 21)
    for (let bit = 8 * packetHeaders; bit < 8 * length; bit += 1) {
      const at = bench.frameAt + (bit >> 3)
      const before = bench.bytes[at] as number
      bench.bytes[at] = before ^ (1 << (bit & 7))
      expect(decode(bench, length)).toBeLessThan(0)
      bench.bytes[at] = before
    }
    expect(decode(bench, length)).toBe(Verdict.accepted)
  })
})
