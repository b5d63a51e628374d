/** Replicas of a real stack that are killed, stall, leave and join, while it exchanges bytes with the kernel. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeDescriptors, type DescriptorDeviceHandle } from '../../../device/kernel/descriptor-device.ts'
import { enterNewNetworkNamespace } from '../../../device/kernel/network-namespace.ts'
import { openTap } from '../../../device/kernel/tap.ts'
import type { Connection } from '../../../socket/connection.ts'
import { createStack, type Stack } from '../../../socket/stack.ts'

const port = 5002

describe('while the kernel echoes a stream', () => {
  let leave: () => void
  let tap: DescriptorDeviceHandle
  let server: Server
  beforeAll(async () => {
    leave = enterNewNetworkNamespace()
    tap = openTap({ name: 'crew0', mtuBytes: 1500 })
    execFileSync('ip', ['address', 'add', '10.79.0.2/24', 'dev', tap.name])
    execFileSync('ip', ['link', 'set', tap.name, 'up'])
    server = createServer((socket) => socket.pipe(socket)).listen(port, '10.79.0.2')
    await once(server, 'listening')
  })
  afterAll(() => {
    server.close()
    closeDescriptors(tap)
    leave()
  })

  const open = (chosen: { replicas: number; maximumReplicas?: number; stallLimitMillis?: number }) =>
    createStack({
      strategy: { kind: 'replicated', ...chosen },
      device: { kind: 'tap', name: tap.name, descriptor: tap.fd, capabilities: tap.capabilities },
      address: '10.79.0.1/24',
      idle: { kind: 'park' },
      digestStride: 16,
      receiveBufferBytes: 2 ** 18,
      sendBufferBytes: 2 ** 18,
    })

  /** Goes on until the body is done, then ends the connection in order and returns the report. */
  async function during(stack: Stack, body: (echo: Echo) => Promise<void>) {
    try {
      const connection = await stack.connect({ address: '10.79.0.2', port })
      const echo = new Echo(connection)
      const running = echo.run()
      await Promise.race([body(echo), running])
      echo.end()
      await running
      connection.close()
      await connection.closed()
      await stack.settle()
      const report = stack.report()
      expect({ divergences: report.divergences, missed: report.digestsMissed }).toEqual({
        divergences: 0,
        missed: 0,
      })
      expect(echo.verified).toBe(echo.sent)
      return report
    } finally {
      await stack.stop()
    }
  }

  test('replicas are killed and come back, and every byte returns', async () => {
    const stack = await open({ replicas: 2 })
    const report = await during(stack, async (echo) => {
      await echo.advance(500_000)
      for (let k = 0; k < 6; k++) {
        await stack.crew.failReplica(k % 2)
        expect(stack.crew.living).toEqual([1 - (k % 2)])
        await echo.advance(200_000)
        expect(await stack.crew.addReplica()).toBe(k % 2)
        await echo.advance(200_000)
      }
    })
    expect(report.crewEvents?.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 12 }, (_, k) => (k % 2 === 0 ? 'lost' : 'joined')),
    )
    expect(report.digestsCompared).toBeGreaterThan(10)
  })

  test('one replica becomes three, and one again', async () => {
    const stack = await open({ replicas: 1, maximumReplicas: 3 })
    const report = await during(stack, async (echo) => {
      await echo.advance(200_000)
      await stack.crew.addReplica()
      await stack.crew.addReplica()
      expect(stack.crew.living).toEqual([0, 1, 2])
      await expect(stack.crew.addReplica()).rejects.toThrow('all of 3 replicas')
      await echo.advance(500_000)
      await stack.crew.removeReplica(0)
      await echo.advance(200_000)
      await stack.crew.removeReplica(2)
      expect(stack.crew.living).toEqual([1])
      await expect(stack.crew.removeReplica(1)).rejects.toThrow('last replica')
      await echo.advance(200_000)
    })
    expect(report.digestsCompared).toBeGreaterThan(10)
  })

  test('a replica that stalls is ended and excluded', async () => {
    const stack = await open({ replicas: 2, stallLimitMillis: 300 })
    const report = await during(stack, async (echo) => {
      // Both replicas have begun by then.
      await echo.advance(2_000_000)
      await stack.crew.stallReplica(1, 6_000)
      while (stack.crew.events.length === 0) await sleep(10)
      await echo.advance(500_000)
    })
    expect(report.crewEvents).toMatchObject([{ kind: 'lost', replica: 1, reason: 'stalled' }])
  })

  test('the stack fails when its last replica is killed', async () => {
    const stack = await open({ replicas: 1 })
    try {
      const connection = await stack.connect({ address: '10.79.0.2', port })
      await stack.crew.failReplica(0)
      await expect(connection.read()).rejects.toThrow()
    } finally {
      await stack.stop()
    }
  })
})

/** Sends a pattern and compares what comes back, byte by byte. */
class Echo {
  sent = 0
  verified = 0
  readonly #connection: Connection
  #isEnding = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async run(): Promise<void> {
    const { stream } = this.#connection
    while (!this.#isEnding || this.verified < this.sent) {
      let work = this.#isEnding ? 0 : this.#write()
      const window = stream.readWindow(1 << 16)
      for (let k = 0; k < window.length; k++) {
        if (window[k] !== patternAt(this.verified + k)) throw new Error(`byte ${this.verified + k} is wrong`)
      }
      this.verified += window.length
      work += window.length
      stream.consume(window.length)
      if (work === 0) await Promise.race([this.#connection.progress(), sleep(20)])
    }
  }

  /** Until so many more bytes have come back. */
  async advance(bytes: number): Promise<void> {
    const goal = this.verified + bytes
    while (this.verified < goal) await sleep(2)
  }

  end(): void {
    this.#isEnding = true
  }

  #write(): number {
    const window = this.#connection.stream.writeWindow(1 << 16)
    for (let k = 0; k < window.length; k++) window[k] = patternAt(this.sent + k)
    this.#connection.stream.commitWrite(window.length)
    this.sent += window.length
    return window.length
  }
}

function patternAt(position: number): number {
  return Math.imul(position, 0x9e3779b1) >>> 24
}
