/** Requests as plain objects and as lines of text, for people. Allocates freely; nothing on a hot path may use it. */
import { readAddress } from '../wire/address.ts'
import { formatAddress } from '../wire/addresses.ts'
import { Format, HeaderWord, headerAddresses, TcpFlag, Verdict } from '../wire/header.ts'
import { addressFieldsOf } from '../wire/record.ts'
import { argumentRecords, Request } from './requests.ts'

/** Where the parts of a request are: in a slot, or in a log's record. */
export interface RequestView {
  readonly words: Int32Array
  /** Word offsets: of kind, time, random and length in this order; of the verdict; of arguments and head. */
  readonly kindAt: number
  readonly verdictAt: number
  readonly argumentsAt: number
  readonly headAt: number
}

export interface DescribedRequest {
  /** Channel index. */
  readonly index: number
  readonly kind: string
  /** Microseconds, 32 bits, wrapping. */
  readonly time: number
  readonly random: number
  /** A frame's length in bytes, and what the check said; of any other request, its arguments by name. */
  readonly length?: number
  readonly verdict?: string
  readonly arguments?: Readonly<Record<string, string | number>>
  /** What the check decoded, by the names of `HeaderWord`; addresses in dotted form. */
  readonly header?: Readonly<Record<string, string | number | readonly number[]>>
}

const common = ['etherSourceHigh', 'etherSourceLow', 'ipSource', 'ipDestination'] as const
const ip = ['timeToLive', 'ecn', 'payloadOffset', 'payloadLength'] as const
const ports = ['sourcePort', 'destinationPort'] as const
const fieldsOf: Readonly<Record<number, readonly (keyof typeof HeaderWord)[]>> = {
  [Format.arp]: [...common, 'arpOperation'],
  [Format.icmpEcho]: [...common, ...ip, 'icmpType', 'icmpCode', 'icmpIdentifier', 'icmpSequence'],
  [Format.icmpError]: [
    ...common,
    ...ip,
    'icmpType',
    'icmpCode',
    'quotedProtocol',
    'quotedSource',
    'quotedDestination',
    'quotedSourcePort',
    'quotedDestinationPort',
    'quotedSequence',
    'nextHopMtu',
  ],
  [Format.udp]: [...common, ...ip, ...ports],
  [Format.ctp]: [...common, ...ip, ...ports, 'ctpKind', 'microprotocols', 'number', 'next', 'edge'],
  [Format.tcp]: [
    ...common,
    ...ip,
    ...ports,
    'sequence',
    'acknowledgment',
    'window',
    'options',
    'maximumSegment',
    'windowScale',
    'timestampValue',
    'timestampEcho',
    'sackCount',
  ],
}
export function describeRequest(view: RequestView, index: number): DescribedRequest {
  const { words, kindAt, verdictAt, argumentsAt } = view
  const word = (at: number): number => words[at] as number
  const kind = word(kindAt)
  const base = { index, kind: nameOf(Request, kind), time: word(kindAt + 1), random: word(kindAt + 2) }
  if (kind === Request.tick) return base
  if (kind !== Request.frame) {
    return { ...base, arguments: describeArguments(words, argumentsAt, kind) }
  }
  const verdict = nameOf(Verdict, word(verdictAt))
  const frame = { ...base, length: word(kindAt + 3), verdict }
  return verdict === 'accepted' ? { ...frame, header: describeHeader(view) } : frame
}

/** One line: `request 17 at 4711 µs: frame, tcp 10.0.0.2:5001 to 10.0.0.1:40000 ACK, sequence 1, …`. */
export function formatRequest(request: DescribedRequest): string {
  const { index, kind, time, header, verdict, length } = request
  const start = `request ${index} at ${time} µs: ${kind}`
  if (header !== undefined) return `${start} of ${length} bytes, ${formatHeader(header)}`
  if (verdict !== undefined) return `${start} of ${length} bytes, ${verdict}`
  if (request.arguments === undefined) return start
  const told = Object.entries(request.arguments).map(([name, value]) => `${name} ${value}`)
  return `${start}(${told.join(', ')})`
}

function describeArguments(words: Int32Array, at: number, kind: number): Record<string, string | number> {
  const { fields, offsets } = argumentRecords[kind] ?? { fields: {}, offsets: {} }
  const addresses = addressFieldsOf(fields)
  return Object.fromEntries(
    Object.entries(offsets).map(([name, offset]) => [
      name,
      addresses.includes(name)
        ? formatAddress(readAddress(words, at + offset))
        : (words[at + offset] as number),
    ]),
  )
}

function describeHeader({ words, headAt }: RequestView): NonNullable<DescribedRequest['header']> {
  const word = (name: keyof typeof HeaderWord): number => words[headAt + HeaderWord[name]] as number
  const format = word('format')
  const header: Record<string, string | number | readonly number[]> = { format: nameOf(Format, format) }
  for (const name of fieldsOf[format] ?? []) {
    header[name] = headerAddresses.has(name)
      ? formatAddress(readAddress(words, headAt + HeaderWord[name]))
      : word(name)
  }
  if (format === Format.tcp) {
    header.flags = flagNames(word('flags'))
    const edges = 2 * Math.min(4, word('sackCount'))
    const first = headAt + HeaderWord.sackBlocks
    if (edges > 0) header.sackBlocks = Array.from(words.subarray(first, first + edges))
  }
  return header
}

function formatHeader(header: NonNullable<DescribedRequest['header']>): string {
  const { format, ipSource, ipDestination, sourcePort, destinationPort, ...rest } = header
  const port = (value: typeof sourcePort) => (value === undefined ? '' : `:${value}`)
  const route = `${format} ${ipSource}${port(sourcePort)} to ${ipDestination}${port(destinationPort)}`
  const told = ['flags', 'sequence', 'acknowledgment', 'window', 'payloadLength', 'sackBlocks']
  const fields = told.flatMap((name) => (rest[name] === undefined ? [] : [`${name} ${rest[name]}`]))
  return [route, ...fields].join(', ')
}

/** The names of the flags that are set, in the usual order: SYN, FIN, RST, … */
function flagNames(flags: number): string {
  const { syn, fin, rst, psh, ack, urg, ece, cwr } = TcpFlag
  return Object.entries({ SYN: syn, FIN: fin, RST: rst, PSH: psh, ACK: ack, URG: urg, ECE: ece, CWR: cwr })
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name)
    .join(' ')
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(names).find((name) => names[name] === value) ?? `unknown (${value})`
}
