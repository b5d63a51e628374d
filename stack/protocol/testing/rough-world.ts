/**
 * The world of a rough scenario (see `rough-scenario.ts`): threads that are late now and then, a path on which the
 * scenario gives every frame's fate, and applications that write at their times and read after their pauses.
 */
import { Format, HeaderWord } from '../../wire/header.ts'
import { followsHead } from './following-head.ts'
import type { RoughScenario, Side } from './rough-scenario.ts'
import { type FrameKind, RoughWay } from './rough-way.ts'
import { fragmentationNeeded, isSyn, packetBytesOf, stripOptions } from './seeded-wire.ts'
import { isBareAck, supersedesHead } from './superseded-head.ts'
import { WindowWatch } from './window-watch.ts'
import { World } from './world.ts'
import type { Host } from './world-host.ts'

const heads: FrameKind<Int32Array> = {
  isArp: (head) => head[HeaderWord.format] === Format.arp,
  isSyn,
  isBareAck,
  supersedes: supersedesHead,
  packetBytes: packetBytesOf,
  fragmentationNeeded,
  // Nothing that was decoded means anything; whoever gets it counts a wrong checksum.
  damaged: () => new Int32Array(64),
}

export function openRoughWorld(scenario: RoughScenario): World {
  const { config, strippedOptions, left, right } = scenario
  const kind = scenario.leavesFramesWhole === true ? { ...heads, packetBytes: () => 0 } : heads
  const ways = { left: new RoughWay(scenario, 'left', kind), right: new RoughWay(scenario, 'right', kind) }
  const windows = new WindowWatch()
  const world = new World({
    way: {
      carry: (world, from, head) => {
        stripOptions(head, strippedOptions)
        windows.sees(from.name, head)
        const to = world.other(from)
        const refusal = ways[from.name].refusal(head)
        if (refusal === undefined)
          for (const arrival of ways[from.name].send(head, world.now)) world.arrives(to, arrival)
        else for (const arrival of ways[to.name].send(refusal, world.now)) world.arrives(from, arrival)
      },
    },
    leavesFramesWhole: scenario.leavesFramesWhole ?? false,
    startsAt: scenario.clockOrigin,
    config,
    leftConfig: { delayedAckMicros: left.delayedAckMicros },
    rightConfig: { delayedAckMicros: right.delayedAckMicros },
  })
  world.nextIsn = scenario.initialSequence
  for (const side of ['left', 'right'] as const) behave(world, world[side], side, scenario)
  return world
}

/** Has a host's thread and application do as the scenario says. */
function behave(world: World, host: Host, side: Side, scenario: RoughScenario): void {
  const { application } = host
  const { dropsSuperseded, coalesces = false, merges = false, readPauseMicros } = scenario[side]
  const stalls = scenario.stalls.filter((stall) => stall.host === side)
  const lateness = new Map(stalls.map(({ wake, micros }) => [wake, micros]))
  let writesLeft = 0
  let isReadDue = false
  world.behaves(host, {
    latenessMicros: (wake) => lateness.get(wake) ?? 0,
    drops: (head, next) => dropsSuperseded && supersedesHead(head, next),
    isFollowed: (head, next) => coalesces && followsHead(head, next),
    merges,
    act: () => {
      application.holdsOpen = writesLeft > 0
      application.reads = readPauseMicros === 0 || isReadDue
      application.act()
      const isRead = application.consumed === application.readable
      if (!isRead && !application.released && !application.reads) {
        world.calls(host, world.now + readPauseMicros, () => {
          isReadDue = true
        })
      }
      isReadDue = false
    },
  })
  let at = world.now
  for (const { from, afterMicros, bytes } of scenario.writes) {
    at += afterMicros
    if (from !== side) continue
    writesLeft += 1
    world.calls(host, at, () => {
      writesLeft -= 1
      application.bytesToSend += bytes
    })
  }
}
