/** The log of a real transfer: the kernel's TCP sends through a TAP, the stack records, and the log is replayed. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeDescriptors, type DescriptorDeviceHandle } from '../../device/kernel/descriptor-device.ts'
import { enterNewNetworkNamespace } from '../../device/kernel/network-namespace.ts'
import { openTap } from '../../device/kernel/tap.ts'
import { LogError } from '../../dominoes/log/error.ts'
import { createStack, type Stack } from '../../socket/stack.ts'
import type { StrategyOption } from '../options.ts'
import { insideVariables, traceInside } from './inside-trace.ts'
import { replayStackLog } from './replay-stack.ts'

/** `make soak` moves enough for more than a million requests. */
const isSoak = process.env.SOAK !== undefined
const bytes = isSoak ? 1.6e9 : 5e6
const timeoutMillis = isSoak ? 30 * 60_000 : 120_000
const stride = 256
const port = 5001

describe('the log of a transfer from the kernel', () => {
  let leave: () => void
  let tap: DescriptorDeviceHandle
  let server: Server
  let folder: string
  let path: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dominoes-replay-'))
    path = join(folder, 'channel.log')
    leave = enterNewNetworkNamespace()
    tap = openTap({ name: 'recorded0', mtuBytes: 1500 })
    // Of this thread's namespace, which the program inherits.
    execFileSync('ip', ['address', 'add', '10.78.0.2/24', 'dev', tap.name])
    execFileSync('ip', ['link', 'set', tap.name, 'up'])
    server = createServer((socket) => {
      const chunk = Buffer.alloc(1 << 16, 7)
      let left = bytes
      const send = (): void => {
        while (left > 0) {
          const piece = left < chunk.length ? chunk.subarray(0, left) : chunk
          left -= piece.length
          if (!socket.write(piece)) return void socket.once('drain', send)
        }
        socket.end()
      }
      send()
    }).listen(port, '10.78.0.2')
    await once(server, 'listening')
  })
  afterAll(() => {
    server.close()
    closeDescriptors(tap)
    leave()
    rmSync(folder, { recursive: true })
  })

  function open(recordPath: string, strategy: StrategyOption) {
    return createStack({
      strategy,
      device: { kind: 'tap', name: tap.name, descriptor: tap.fd, capabilities: tap.capabilities },
      address: '10.78.0.1/24',
      idle: { kind: 'park' },
      coalesceMillis: 1,
      receiveBufferBytes: 2 ** 20,
      digestStride: stride,
      recordPath,
    })
  }

  /** Receives all bytes and returns the requests that this took; `onProgress` gets the bytes so far. */
  async function transfer(
    recordPath: string,
    onProgress?: (stack: Stack, consumed: number) => Promise<void>,
    strategy: StrategyOption = { kind: 'replicated', replicas: 2 },
  ) {
    const stack = await open(recordPath, strategy)
    try {
      const connection = await stack.connect({ address: '10.78.0.2', port })
      const { stream } = connection
      while (!stream.finished || stream.readableBytes > 0) {
        const window = stream.readWindow(1 << 18)
        if (window.length === 0) await connection.progress()
        else stream.consume(window.length)
        await onProgress?.(stack, stream.consumed)
      }
      expect(stream.consumed).toBe(bytes)
      connection.close()
      await connection.closed()
      await stack.settle()
      const { divergences, protocol } = stack.report()
      expect(divergences).toBe(0)
      return protocol.requests as number
    } finally {
      await stack.stop()
    }
  }

  test('replays at any number of replicas to the digests of the run', {
    timeout: timeoutMillis,
  }, async () => {
    const requests = await transfer(path)
    expect(requests).toBeGreaterThan(bytes / 1500)
    for (const replicas of isSoak ? [1, 2, 3, 4, 8] : [1, 3]) {
      const report = await replayStackLog(path, { replicas })
      expect(report).toMatchObject({ replicas, requests, divergences: 0, lack: '' })
      expect(report.digestsCompared).toBe(replicas * (Math.floor(requests / stride) + 1))
    }
  })

  test.each<StrategyOption>([{ kind: 'sequential' }, { kind: 'replicated', replicas: 2 }])(
    'tells what was inside of a $kind stack, whoever asks',
    { timeout: timeoutMillis },
    async (strategy) => {
      const requests = await transfer(path, undefined, strategy)
      const first = traceInside(path)
      expect(first).toMatchObject({ requests, divergences: 0, agrees: true, isCut: false, isWhole: true })
      const received = first.connections[0]?.rows.at(-1)?.values[insideVariables.indexOf('received')]
      // The SYN and the FIN take a sequence number each.
      expect(received).toBe(bytes + 2)
      for (const replicas of [1, 2, 4]) {
        const again = traceInside(path, { replicas })
        expect(again).toMatchObject({ requests, divergences: 0, agrees: true })
        expect(again.connections).toEqual(first.connections)
      }
    },
  )

  test('goes on while the replicas that it follows are killed and come back', {
    timeout: timeoutMillis,
  }, async () => {
    const steps = [0.1, 0.3, 0.5, 0.7].map((share) => share * bytes)
    let step = 0
    const requests = await transfer(path, async (stack, consumed) => {
      if (step === steps.length || consumed < (steps[step] as number)) return
      if (step % 2 === 0) await stack.crew.failReplica((step >> 1) & 1)
      else await stack.crew.addReplica()
      step += 1
    })
    expect(step).toBe(steps.length)
    const report = await replayStackLog(path, { replicas: 2 })
    expect(report).toMatchObject({ requests, divergences: 0, lack: '' })
    expect(report.digestsCompared).toBe(2 * (Math.floor(requests / stride) + 1))
  })

  test('that cannot be made is an error before anything starts', async () => {
    const strategy = { kind: 'replicated', replicas: 2 } as const
    await expect(open(join(folder, 'no', 'folder'), strategy)).rejects.toThrow(LogError)
  })
})
