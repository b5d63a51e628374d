/**
 * Two machines and a rough way between them, in virtual time (see `rough-scenario.ts`). Each host has one thread, which
 * is late now and then: frames, timers and the application's calls wait for it, and all that waits is handled in one go
 * with one time stamp. No time passes on a host that nothing wakes.
 */

import { Random } from '../../device/random.ts'
import { noDeadline } from '../../dominoes/contract/domain.ts'
import { Format, HeaderWord, OptionBit, TcpFlag } from '../../wire/header.ts'
import { Request } from '../requests.ts'
import { peerAddress, peerEther, testConfig } from './host.ts'
import type { Fate, Habits, RoughScenario, Side } from './rough-scenario.ts'
import { isBareAck, supersedesHead } from './superseded-head.ts'
import { Host, type Surroundings } from './world.ts'

/** Something that wakes a host: a frame, or (without one) the application's clock. */
interface Event {
  readonly at: number
  /** Until then a bare ACK waits to be superseded. */
  readonly leavesAt: number
  head: Int32Array | undefined
  readonly writeBytes: number
}

/** One host, with what waits for it. */
class Station {
  readonly host: Host
  readonly habits: Habits
  readonly events: Event[] = []
  readonly #stalls: ReadonlyMap<number, number>
  readonly fates: ReadonlyMap<number, Fate>
  frames = 0
  wakes = 0
  stalledUntil = Number.NEGATIVE_INFINITY
  /** When the next frame may leave. */
  freeAt = Number.NEGATIVE_INFINITY
  /** SYNs lost in a row: more than that end a connection, as they should. */
  synsLost = 0
  heldAck: Event | undefined
  isReadDue = false
  writesLeft = 0

  constructor(host: Host, side: Side, scenario: RoughScenario) {
    this.host = host
    this.habits = scenario[side]
    this.fates = new Map(scenario.fates.filter(({ from }) => from === side).map((fate) => [fate.frame, fate]))
    this.#stalls = new Map(
      scenario.stalls.filter((stall) => stall.host === side).map(({ wake, micros }) => [wake, micros]),
    )
  }

  /** When this host's thread runs next; Infinity if nothing wakes it. */
  wakesAt(now: number): number {
    const first = this.events[0]
    const due = this.host.machine.microsUntilDeadline(now | 0)
    const timerAt = due === noDeadline ? Number.POSITIVE_INFINITY : now + due
    return Math.max(this.stalledUntil, now, Math.min(first?.at ?? Number.POSITIVE_INFINITY, timerAt))
  }

  /** The thread should run now; whether it is late instead. */
  isLate(now: number): boolean {
    const micros = this.#stalls.get(this.wakes) ?? 0
    if (micros === 0 || this.stalledUntil === now) return false
    this.stalledUntil = now + micros
    return true
  }

  add(event: Event): void {
    let index = this.events.length
    while (index > 0 && (this.events[index - 1] as Event).at > event.at) index -= 1
    this.events.splice(index, 0, event)
  }

  /** Takes all that came until `now`. */
  takeBatch(now: number): Event[] {
    let count = 0
    while (count < this.events.length && (this.events[count] as Event).at <= now) count += 1
    return this.events.splice(0, count)
  }
}

const consecutiveSynLosses = 3

export class RoughWorld implements Surroundings {
  readonly random = new Random(1)
  readonly nextIsn: number
  readonly left: Host
  readonly right: Host
  readonly #scenario: RoughScenario
  readonly #stations: readonly [Station, Station]
  readonly startedAt: number
  now: number
  transmitted = 0
  wakes = 0

  constructor(scenario: RoughScenario) {
    this.#scenario = scenario
    this.nextIsn = scenario.initialSequence
    this.now = scenario.clockOrigin
    this.startedAt = scenario.clockOrigin
    const config = { ...testConfig, ...scenario.config }
    const { left, right } = scenario
    this.left = new Host(this, 'left', { ...config, delayedAckMicros: left.delayedAckMicros }, 64)
    const rightConfig = {
      ...config,
      delayedAckMicros: right.delayedAckMicros,
      address: peerAddress,
      etherHigh: peerEther[0],
      etherLow: peerEther[1],
    }
    this.right = new Host(this, 'right', rightConfig, 64)
    this.#stations = [new Station(this.left, 'left', scenario), new Station(this.right, 'right', scenario)]
    this.scheduleWrites()
  }

  get elapsedMicros(): number {
    return this.now - this.startedAt
  }

  transmit(from: Host, head: Int32Array): void {
    this.transmitted += 1
    const [left, right] = this.#stations
    const sender = from === this.left ? left : right
    const receiver = from === this.left ? right : left
    const { delayMicros, spacingMicros, strippedOptions } = this.#scenario
    if (head[HeaderWord.format] === Format.arp) {
      receiver.add({ at: this.now + delayMicros, leavesAt: this.now, head, writeBytes: 0 })
      return
    }
    const isSyn = ((head[HeaderWord.flags] as number) & TcpFlag.syn) !== 0
    if (isSyn) {
      head[HeaderWord.options] = (head[HeaderWord.options] as number) & ~strippedOptions
      if ((strippedOptions & OptionBit.timestamps) !== 0) head[HeaderWord.timestampValue] = 0
    }
    const fate = sender.fates.get(sender.frames)
    sender.frames += 1
    if (fate?.fate === 'lost' && (!isSyn || sender.synsLost < consecutiveSynLosses)) {
      if (isSyn) sender.synsLost += 1
      return
    }
    const isAck = isBareAck(head)
    const held = sender.heldAck
    if (isAck && held?.head !== undefined && held.leavesAt > this.now && supersedesHead(held.head, head)) {
      held.head = head
      return
    }
    const freeAt = Math.max(this.now, sender.freeAt)
    sender.freeAt = freeAt + spacingMicros
    const leavesAt = freeAt + (isAck ? sender.habits.ackHoldMicros : 0)
    const at = leavesAt + delayMicros
    const event = { at: at + (fate?.fate === 'late' ? fate.micros : 0), leavesAt, head, writeBytes: 0 }
    receiver.add(event)
    if (isAck) sender.heldAck = event
    if (fate?.fate === 'twice') receiver.add({ ...event, at: at + fate.micros })
  }

  /** One wake-up, of the host that is woken first; false if nothing ever wakes one. */
  step(): boolean {
    const [left, right] = this.#stations
    const leftAt = left.wakesAt(this.now)
    const rightAt = right.wakesAt(this.now)
    const station = leftAt <= rightAt ? left : right
    const at = Math.min(leftAt, rightAt)
    if (at === Number.POSITIVE_INFINITY) return false
    this.now = at
    if (station.isLate(at)) return true
    station.wakes += 1
    this.wakes += 1
    this.wake(station)
    return true
  }

  /** Lets both applications do what they can, as after every wake-up. */
  act(): void {
    for (const station of this.#stations) this.actOn(station)
  }

  private wake(station: Station): void {
    const { host, habits } = station
    const batch = station.takeBatch(this.now)
    let isTicked = false
    batch.forEach(({ head, writeBytes }, index) => {
      if (head === undefined) {
        if (writeBytes === 0) station.isReadDue = true
        else station.writesLeft -= 1
        host.application.bytesToSend += writeBytes
        return
      }
      const next = batch[index + 1]?.head
      if (habits.dropsSuperseded && next !== undefined && supersedesHead(head, next)) return
      isTicked = true
      host.receive(head)
    })
    if (!isTicked && host.machine.microsUntilDeadline(this.now | 0) === 0) host.apply(Request.tick)
    this.actOn(station)
  }

  private actOn(station: Station): void {
    const { host, habits } = station
    const { application } = host
    application.holdsOpen = station.writesLeft > 0
    application.reads = habits.readPauseMicros === 0 || station.isReadDue
    application.act()
    const isRead = application.consumed === application.readable
    if (!isRead && !application.released && !application.reads) {
      station.add({ at: this.now + habits.readPauseMicros, leavesAt: 0, head: undefined, writeBytes: 0 })
    }
    station.isReadDue = false
  }

  private scheduleWrites(): void {
    let at = this.now
    for (const { from, afterMicros, bytes } of this.#scenario.writes) {
      at += afterMicros
      const station = this.#stations[from === 'left' ? 0 : 1]
      station.add({ at, leavesAt: 0, head: undefined, writeBytes: bytes })
      station.writesLeft += 1
    }
  }
}
