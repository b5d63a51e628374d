/** The view of an exchange, for tests of what reads it. Imported by tests only. */
import type { Behaviour } from '../result/behaviour.ts'

const micros = [0, 100, 200, 300, 400]

/** Of a stack that sends five segments by two replicas; the fourth is sent again. */
export function fakeBehaviour(changes: Partial<Behaviour> = {}): Behaviour {
  const segments = micros.map((time, k) => ({
    micros: time,
    from: 1 + 1448 * k,
    to: 1 + 1448 * (k + 1),
    kind: k === 3 ? 'sackRetransmission' : 'new',
    thread: k % 2,
  }))
  const points = micros.map((time, k) => ({ micros: time + 50, value: 1 + 1448 * k }))
  const timeSequence = {
    segments,
    acknowledged: points,
    windowEdge: points.map(({ micros: time, value }) => ({ micros: time, value: value + 65_536 })),
    sack: [{ micros: 280, from: 5793, to: 7241 }],
  }
  return {
    experiment: 'small',
    cell: 'replicated-n2-checksum-tap',
    takenAt: '2026-01-02T03:04:05.000Z',
    seed: 7,
    threads: 2,
    capture: 'capture.pcap',
    requests: 'requests.channel',
    outside: {
      sender: 'stack',
      stackPort: 40_000,
      peerPort: 5001,
      frames: 12,
      connections: 1,
      isCut: false,
      durationMicros: 450,
      totals: {
        segments: 5,
        bytes: 7240,
        retransmissions: 1,
        retransmittedBytes: 1448,
        outOfOrder: 0,
        missing: 0,
        acknowledgments: 5,
        duplicateAcks: 2,
        duplicateSacks: 0,
        greatestOutstanding: 4344,
        roundTripSamples: 4,
        minimumRoundTripMicros: 40,
        medianRoundTripMicros: 50,
        p99RoundTripMicros: 80,
      },
      reordering: { ratio: 0, late: 0, maximumExtent: 0, maximumLateMicros: 0 },
      performers: [
        { thread: 0, segments: 3, acknowledgments: 5 },
        { thread: 1, segments: 2, acknowledgments: 0 },
      ],
      overview: timeSequence,
      closeUp: timeSequence,
      throughput: {
        binMicros: 100,
        bins: micros.map((time) => ({ micros: time, bytes: 1448, acknowledgedBytes: 1448 })),
      },
      roundTrips: points.map(({ micros: time }) => ({ micros: time, value: 50 })),
      outstanding: micros.map((time, k) => ({ micros: time, bytes: 1448 * k, window: 65_536 })),
    },
    inside: {
      requests: 20,
      digestsCompared: 3,
      changes: 12,
      isCut: false,
      rows: micros.map((time, k) => ({
        micros: time,
        congestionWindow: 14_480 + 1448 * k,
        slowStartThreshold: 1e9,
        pipe: 1448 * k,
        sendWindow: 65_536,
        receiveWindow: 65_536,
        smoothedRoundTrip: 50,
        retransmissionTimeout: 200_000,
        recovery: k === 3 ? 1 : 0,
      })),
    },
    peer: {
      counters: { 'TcpExt.TCPOFOQueue': 1, 'Tcp.InSegs': 6 },
      sockets: [
        { micros: 0, values: { cwnd: 10, rtt: 0.5 } },
        { micros: 300, values: { cwnd: 10, rtt: 0.4 } },
      ],
    },
    ...changes,
  }
}
