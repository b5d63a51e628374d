/**
 * Makes the captures that the analysis is compared over, and what Wireshark says of them: two simulated hosts exchange
 * data over impaired links, and a recorder at one of them keeps the headers. The seeds give the same files again.
 *
 *   node stack/trace/testing/make-fixtures.ts        needs tshark (Debian 12: 4.0.17)
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import { PcapRecorder } from '../../device/wrappers/pcap-recorder.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { openPair, type WrapDevice } from '../../sim/testing/pair.ts'
import { addresses, simulatedParameters } from '../../sim/testing/parameters.ts'
import { ScriptedApplication } from '../../strategy/testing/scripted-application.ts'
import type { SessionPlan } from '../../strategy/testing/scripted-session.ts'
import { fixtureNames, fixturePath, wiresharkFields } from './fixtures.ts'

interface Exchange {
  readonly seed: number
  readonly upBytes: number
  readonly downBytes: number
  readonly links: readonly [LinkParameters, LinkParameters]
  readonly captureAt: 'connecting' | 'accepting'
}

const link: LinkParameters = {
  ...perfectLink,
  delayMicros: 8_000,
  rateBitsPerSecond: 20e6,
}

const exchanges: Readonly<Record<(typeof fixtureNames)[number], Exchange>> = {
  /** The sender's view of losses: duplicate ACKs, SACK, fast and other retransmissions. */
  'sender-losses': {
    seed: 11,
    upBytes: 220_000,
    downBytes: 0,
    links: [
      { ...link, lossProbability: 0.05, queueBytes: 60_000 },
      { ...link, lossProbability: 0.02 },
    ],
    captureAt: 'connecting',
  },
  /** The receiver's view of a path that reorders, doubles and loses. */
  'receiver-reordering': {
    seed: 12,
    upBytes: 220_000,
    downBytes: 0,
    links: [
      {
        ...link,
        lossProbability: 0.02,
        duplicationProbability: 0.02,
        reorderProbability: 0.08,
        reorderDelayMicros: 3_000,
      },
      link,
    ],
    captureAt: 'accepting',
  },
  /** Data both ways, ACKs with data, everything impaired a little. */
  'both-ways': {
    seed: 13,
    upBytes: 110_000,
    downBytes: 130_000,
    links: [
      { ...link, jitterMicros: 500, lossProbability: 0.03, duplicationProbability: 0.01 },
      { ...link, lossProbability: 0.03, reorderProbability: 0.04, reorderDelayMicros: 5_000 },
    ],
    captureAt: 'connecting',
  },
}

/** Ethernet, IPv4, and TCP with all its options. */
const snapBytes = 94
const port = 4000
const wallMicros = 1_700_000_000_000_000

function capture(path: string, exchange: Exchange): void {
  const { seed, upBytes, downBytes, links, captureAt } = exchange
  const random = new Random(seed)
  const clock = new SimulatedClock()
  const plans: SessionPlan[] = [{ number: 1, upBytes, downBytes, closesFirst: 'both' }]
  const application = (side: 'connecting' | 'accepting') =>
    new ScriptedApplication(plans, side, () => clock.nowMicros(), random.next())
  const applications = [application('connecting'), application('accepting')] as const
  let recorder: PcapRecorder | undefined
  const record: WrapDevice = (device, region) => {
    recorder = new PcapRecorder(device, region, {
      path,
      clock: { nowMicros: () => Math.floor(clock.nowMicros()) | 0 },
      origin: { clockMicros: 0, wallMicros },
      snapBytes,
    })
    return recorder
  }
  const side = (index: 0 | 1) => ({
    parameters: simulatedParameters({ kind: 'sequential' }, index, {
      machine: { sendBufferBytes: 131_072, receiveBufferBytes: 131_072, reorderingFloorMicros: 1_000 },
    }),
    application: applications[index],
    costs: { roundMicros: 5, actionMicros: 5, preemption: 0, preemptionMicros: 0 },
    seed: random.next(),
    wrapDevice: captureAt === (index === 0 ? 'connecting' : 'accepting') ? record : undefined,
  })
  const { world, hosts } = openPair({ clock, seed, links, sides: [side(0), side(1)] })
  applications[1].listen(hosts[1].endpoint, port)
  applications[0].connect(hosts[0].endpoint, addresses[1], port)
  world.run(() => applications.every(({ isDone }) => isDone), 100e6)
  world.settle(1e6)
  recorder?.close()
}

function askWireshark(path: string): string {
  const fields = wiresharkFields.flatMap((field) => ['-e', field])
  return execFileSync('tshark', ['-r', path, '-T', 'fields', ...fields], { encoding: 'utf8' })
}

for (const name of fixtureNames) {
  const path = fileURLToPath(fixturePath(name, 'pcap'))
  capture(path, exchanges[name])
  writeFileSync(fixturePath(name, 'tsv'), `${wiresharkFields.join('\t')}\n${askWireshark(path)}`)
}
