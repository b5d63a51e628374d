import { beforeEach, describe, expect, it } from 'vitest'
import { ActionQueue } from '../../../dominoes/contract/action-queue.ts'
import { senderKinds } from '../../senders/kinds.ts'
import { Core } from '../../state/core.ts'
import { stateWords } from '../../state/layout.ts'
import { testConfig } from '../../testing/host.ts'
import type { CongestionControl } from './control.ts'
import { cubic } from './cubic.ts'
import { newreno } from './newreno.ts'

const mss = 1000
const rttMicros = 100_000

let core: Core

function begin(control: CongestionControl, cwndSegments: number, ssthreshSegments: number): void {
  core = new Core(
    testConfig,
    new Int32Array(128),
    new Int32Array(stateWords(testConfig)),
    new ActionQueue(64),
    control,
    senderKinds,
  )
  core.tcb.maximumSegment = mss
  core.tcb.cwnd = cwndSegments * mss
  core.tcb.ssthresh = ssthreshSegments * mss
  core.tcb.srtt = rttMicros << 3
}

/** One round trip: a whole window is acknowledged, two segments at a time. */
function roundTrip(control: CongestionControl): void {
  const { tcb, globals } = core
  const acks = Math.floor(tcb.cwnd / (2 * mss))
  for (let ack = 0; ack < acks; ack += 1) control.grow(core, 2 * mss)
  globals.millis += rttMicros / 1000
}

function loseOne(control: CongestionControl): void {
  const { tcb } = core
  tcb.sndNxt = (tcb.sndUna + tcb.cwnd) | 0
  tcb.ssthresh = control.reduce(core)
  tcb.cwnd = tcb.ssthresh
}

describe('NewReno', () => {
  it('doubles the window each round trip in slow start, up to ssthresh', () => {
    begin(newreno, 10, 35)
    roundTrip(newreno)
    expect(core.tcb.cwnd).toBe(20 * mss)
    roundTrip(newreno)
    expect(core.tcb.cwnd).toBe(35 * mss)
  })

  it('adds one segment each round trip in congestion avoidance', () => {
    begin(newreno, 50, 20)
    for (let round = 0; round < 10; round += 1) roundTrip(newreno)
    expect(core.tcb.cwnd / mss).toBeCloseTo(60, -1)
  })

  it('halves the window on a loss', () => {
    begin(newreno, 50, 100)
    loseOne(newreno)
    expect(core.tcb.cwnd).toBe(25 * mss)
  })
})

describe('CUBIC (RFC 9438)', () => {
  beforeEach(() => begin(cubic, 100, 100))

  it('falls to seven tenths on a loss', () => {
    loseOne(cubic)
    expect(core.tcb).toMatchObject({ cwnd: 70 * mss, ssthresh: 70 * mss, cubicMaximum: 100 * mss })
  })

  it('is back at the old maximum after K = cbrt(30 / 0.4) = 4.2 seconds', () => {
    loseOne(cubic)
    for (let round = 0; round < 42; round += 1) roundTrip(cubic)
    expect(core.tcb.cubicK).toBe(4217)
    expect(core.tcb.cwnd / mss).toBeGreaterThan(95)
    expect(core.tcb.cwnd / mss).toBeLessThanOrEqual(101)
  })

  it('rises steeply, levels off at the old maximum, and rises again', () => {
    loseOne(cubic)
    const windows = Array.from({ length: 84 }, () => {
      roundTrip(cubic)
      return core.tcb.cwnd
    })
    const growth = (from: number, to: number): number => (windows[to] as number) - (windows[from] as number)
    expect(growth(0, 14)).toBeGreaterThan(3 * growth(28, 42))
    expect(growth(69, 83)).toBeGreaterThan(3 * growth(42, 56))
  })

  it('releases bandwidth faster if a loss comes below the old maximum', () => {
    loseOne(cubic)
    loseOne(cubic)
    expect(core.tcb.cubicMaximum).toBe((70 * mss * 17) / 20)
  })

  it('grows no slower than Reno would on a short path', () => {
    begin(cubic, 10, 10)
    core.tcb.srtt = 1_000 << 3
    loseOne(cubic)
    const { cwnd } = core.tcb
    for (let round = 0; round < 100; round += 1) {
      for (let ack = 0; ack < Math.floor(core.tcb.cwnd / (2 * mss)); ack += 1) cubic.grow(core, 2 * mss)
      core.globals.millis += 1
    }
    // 100 round trips at 9/17 of a segment each until the old maximum, then one each.
    expect(core.tcb.cwnd - cwnd).toBeGreaterThan(60 * mss)
  })

  it('survives windows of a gigabyte', () => {
    begin(cubic, 1, 1)
    core.tcb.cwnd = 0x3fff0000
    for (let round = 0; round < 5; round += 1) {
      for (let ack = 0; ack < 1000; ack += 1) cubic.grow(core, 1 << 20)
      core.globals.millis += 100
    }
    expect(core.tcb.cwnd).toBeGreaterThanOrEqual(0x3fff0000)
    expect(core.tcb.cwnd).toBeLessThanOrEqual(0x3fffffff)
  })
})
