/** Takes a sample of a bulk transfer whose segments are watched where they arrive. */
import { z } from 'zod'
import { histogramSchema } from '../../measure/histogram.ts'
import type { PeerProgram } from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import { hostSide as bulk, factsOf } from '../bulk/host-side.ts'
import { type SinkResult, sinkResult } from '../bulk/peer-side.ts'
import type { ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { reorderingMeasures } from './measures.ts'

const count = z.int().nonnegative()

const arrivalsSchema = z.object({
  segments: count,
  duplicates: count,
  reordered: count,
  threeReordered: count,
  extents: histogramSchema,
})

const watchedResult = sinkResult.extend({ arrivals: arrivalsSchema.nullable() })

const transfer = { direction: 'send', connections: 1, writeBytes: undefined } as const

export const hostSide: ExchangeSide = {
  kind: 'exchange',

  async exchange(_options, extent, site) {
    const { peerTask: _unused, ...exchange } = await bulk.exchange(transfer, extent, site)
    return { ...exchange, peer: watched(exchange.peer as PeerProgram<SinkResult>) }
  },

  conclude(_options, ended, extent) {
    const { arrivals } = watchedResult.parse(ended.peer)
    const { deliveries, measuredMicros } = bulk.conclude(transfer, ended, extent)
    const { sent: _told, ...facts } = { ...factsOf(transfer, ended), arrivals }
    return { measures: measure(reorderingMeasures, facts), deliveries, measuredMicros }
  },
}

/** The sink, with a capture around it. */
function watched(sink: PeerProgram<SinkResult>): PeerProgram<z.infer<typeof watchedResult>> {
  return {
    file: `${paths.workloads}/reordering/watched_sink.py`,
    argv: ['--capture', `${paths.shared}/arrivals.pcap`, '--', ...sink.argv],
    result: watchedResult,
    listens: true,
  }
}
